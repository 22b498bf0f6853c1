"""Writes what people answer: the header fields, the quoting and the signatures of real mail programs."""

from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr
from html import escape

from demo.mail import Mail

_SAID = {
    "en": "On {date:%a, %b %d, %Y at %H:%M}, {name} <{address}> wrote:",
    "de": "Am {date:%d.%m.%Y um %H:%M} schrieb {name} <{address}>:",
    "es": "El {date:%d/%m/%Y a las %H:%M}, {name} (<{address}>) escribió:",
}
_REPLY_PREFIX = {"en": "Re", "de": "AW", "es": "RE"}


@dataclass(frozen=True, slots=True)
class Letter:
    """An answer by a person, before it is put in form."""

    from_name: str
    from_address: str
    message_id: str
    text: str
    signature: str = ""
    language: str = "en"
    style: str = "quoted"  # quoted, bare, outlook, html


def write(letter: Letter, mail: Mail, now: datetime) -> bytes:
    """Return the reply to `mail` as it leaves the prospect's server (RFC 5322)."""
    message = reply_head(letter, mail, now)
    plain = f"{letter.text}\n"
    if letter.signature:
        plain += f"\n-- \n{letter.signature}\n"
    if letter.style == "outlook":
        plain += outlook_quote(mail)
    elif letter.style != "bare":
        plain += f"\n{_quote(letter, mail)}"
    message.set_content(plain, cte="quoted-printable")
    if letter.style == "html":
        message.add_alternative(_html(letter, mail), subtype="html", cte="quoted-printable")
    return message.as_bytes(policy=SMTP)


def reply_head(letter: Letter, mail: Mail, now: datetime) -> EmailMessage:
    """Return a message with the header fields of a reply, threaded by In-Reply-To and References."""
    message = EmailMessage(policy=SMTP)
    message["From"] = formataddr((letter.from_name, letter.from_address))
    message["To"] = formataddr((mail.from_name, mail.reply_to))
    message["Date"] = format_datetime(now)
    message["Message-ID"] = letter.message_id
    message["Subject"] = answer_subject(mail.subject, _REPLY_PREFIX[letter.language])
    if mail.message_id:
        message["In-Reply-To"] = mail.message_id
        message["References"] = f"{mail.references} {mail.message_id}".strip()
    return message


def answer_subject(subject: str, prefix: str = "Re") -> str:
    """Return the subject with one reply prefix."""
    return subject if subject.lower().startswith(("re:", "aw:")) else f"{prefix}: {subject}"


def outlook_quote(mail: Mail) -> str:
    """Return the whole e-mail below a header block, as Outlook leaves it."""
    head = (
        f"From: {mail.from_name} <{mail.from_address}>\n"
        f"Sent: {mail.accepted_at:%A, %B %d, %Y %H:%M}\nTo: {mail.recipient}\nSubject: {mail.subject}\n"
    )
    return f"\n-----Original Message-----\n{head}\n{mail.text}"


def _quote(letter: Letter, mail: Mail) -> str:
    lines = "\n".join(f"> {line}".rstrip() for line in mail.text.splitlines())
    return f"{_said(letter, mail)}\n{lines}\n"


def _said(letter: Letter, mail: Mail) -> str:
    return _SAID[letter.language].format(date=mail.accepted_at, name=mail.from_name, address=mail.from_address)


def _html(letter: Letter, mail: Mail) -> str:
    own = "".join(f"<div>{escape(line) or '<br>'}</div>" for line in letter.text.splitlines())
    pitch = escape(mail.text).replace("\n", "<br>\n")
    return (
        f'<html><body><div dir="ltr">{own}</div><br><div class="gmail_quote">'
        f'<div dir="ltr" class="gmail_attr">{escape(_said(letter, mail))}<br></div>'
        '<blockquote class="gmail_quote" style="margin:0 0 0 .8ex;border-left:1px solid #ccc;padding-left:1ex">'
        f"{pitch}</blockquote></div></body></html>"
    )
