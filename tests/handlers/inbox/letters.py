"""Builders of arriving e-mails."""

from email.message import EmailMessage
from uuid import uuid4

OURS = "<cam.1.65f0a1b2@cam.test>"


def letter(
    text: str = "Yes, call me.",
    *,
    sender: str = "Jane Doe <jane@acme.example>",
    to: str = "sales@cam.test",
    answers: str | None = OURS,
    message_id: str | None = None,
    subject: str = "Re: Hello",
) -> EmailMessage:
    """Return an e-mail that answers ours, or with `answers=None` one that stands for itself."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, to, subject
    mail["Date"] = "Mon, 02 Mar 2026 12:00:00 +0000"
    mail["Message-ID"] = message_id or f"<{uuid4().hex}@acme.example>"
    if answers:
        mail["In-Reply-To"] = mail["References"] = answers
    mail.set_content(text)
    return mail


def bounce(*, returned_id: str | None = OURS, recipient: str = "jane@acme.example") -> bytes:
    """Return a delivery report (RFC 3464) about an e-mail of ours."""
    returned = f"Message-ID: {returned_id}\r\nTo: {recipient}\r\n" if returned_id else "X-Cut: yes\r\n"
    text = f"""From: MAILER-DAEMON@mx.example
To: sales@cam.test
Subject: Undelivered Mail Returned to Sender
Message-ID: <{uuid4().hex}@mx.example>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: text/plain

I'm sorry to have to inform you.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; {recipient}
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 no such user

--b
Content-Type: message/rfc822

"""
    end = f"{returned}Subject: Hello\r\n\r\nOur pitch\r\n\r\n--b--\r\n"
    return text.replace("\n", "\r\n").encode() + end.encode()
