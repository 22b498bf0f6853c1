"""Writes what machines answer: automatic replies (RFC 3834), delivery reports (RFC 3464), and broken mail."""

from datetime import datetime
from email.policy import SMTP
from email.utils import format_datetime

from demo.letters import Letter, reply_head
from demo.mail import Mail
from demo.people import Person


def automatic_reply(letter: Letter, mail: Mail, now: datetime, *, threaded: bool) -> bytes:
    """Return a vacation responder's message; some of them forget the thread."""
    message = reply_head(letter, mail, now)
    del message["Subject"]
    message["Subject"] = f"Automatic reply: {mail.subject}"
    if not threaded:
        del message["In-Reply-To"]
        del message["References"]
    message["Auto-Submitted"] = "auto-replied"
    message["X-Auto-Response-Suppress"] = "All"
    message["Precedence"] = "bulk"
    message.set_content(f"{letter.text}\n", cte="quoted-printable")
    return message.as_bytes(policy=SMTP)


def delivery_report(person: Person, mail: Mail, message_id: str, now: datetime) -> bytes:
    """Return a genuine report of failure with our header fields returned (RFC 3462, RFC 3464)."""
    server = f"mx1.{person.domain}"
    boundary = f"{now:%Y%m%d%H%M%S}.{person.dice('boundary').randrange(10**9)}/{server}"
    said = f"<{person.address}>: host {server} said: 550 5.1.1 User unknown (in reply to RCPT TO command)"
    explanation = (
        f"This is the mail system at host {server}.\n\nI'm sorry to have to inform you that your message could not\n"
        f"be delivered to one or more recipients. It's attached below.\n\n{said}\n"
    )
    status = (
        f"Reporting-MTA: dns; {server}\nX-Postfix-Sender: rfc822; {mail.mail_from}\n"
        f"Arrival-Date: {format_datetime(mail.accepted_at)}\n\n"
        f"Final-Recipient: rfc822; {person.address}\nOriginal-Recipient: rfc822;{person.address}\n"
        f"Action: failed\nStatus: 5.1.1\nRemote-MTA: dns; {server}\n"
        "Diagnostic-Code: smtp; 550 5.1.1 User unknown\n"
    )
    returned = mail.head.decode("utf-8", "replace").replace("\r\n", "\n")
    parts = (
        ("text/plain; charset=us-ascii", "Notification", explanation),
        ("message/delivery-status", "Delivery report", status),
        ("text/rfc822-headers", "Undelivered Message Headers", f"{returned}\n"),
    )
    body = "".join(
        f"--{boundary}\nContent-Description: {title}\nContent-Type: {kind}\n\n{text}\n" for kind, title, text in parts
    )
    head = (
        f"Date: {format_datetime(now)}\nFrom: MAILER-DAEMON@{server} (Mail Delivery System)\n"
        f"Subject: Undelivered Mail Returned to Sender\nTo: {mail.mail_from}\nAuto-Submitted: auto-replied\n"
        f"MIME-Version: 1.0\nMessage-ID: {message_id}\n"
        f'Content-Type: multipart/report; report-type=delivery-status; boundary="{boundary}"\n'
    )
    return _crlf(f"{head}\nThis is a MIME-encapsulated message.\n\n{body}--{boundary}--\n".encode())


def broken_letter(letter: Letter, mail: Mail, now: datetime) -> bytes:
    """Return a reply that breaks RFC 5322 and RFC 2045 in many places; its thread can still be read."""
    head = (
        f"From: {letter.from_name} <{letter.from_address}>, <@@broken\n"
        f"To: <{mail.reply_to}>\nDate: {now:%d.%m.%Y} yesterday, about noon +9999\n"
        f"Message-ID: {letter.message_id}\nIn-Reply-To: {mail.message_id}\nReferences: {mail.message_id}\n"
        "Subject: =?x-no-such-charset?Q?Re=3A_?= =?utf-8?B?w7ww*not*base64?=\n"
        'Content-Type: multipart/mixed; boundary="one";\n boundary=two; charset=x-no-such-charset\n'
        "Content-Transfer-Encoding: x-rot13\nContent-Type: text/\n"
    )
    part = "Content-Type: text/plain; charset=x-no-such-charset\nContent-Transfer-Encoding: base64\n\n%%%=\n"
    broken = b"no colon in this line of the head\nX-Eight-Bit: \xff\xfe caf\xe9\n\n"
    return _crlf(head.encode() + broken + f"--one\n{part}--one\nno header here".encode() + b" \xc3\x28\xa0\n--tw\n")


def _crlf(raw: bytes) -> bytes:
    return raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
