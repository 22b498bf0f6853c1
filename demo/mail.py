"""What passes between the campaign and its prospects: an e-mail that came, and an answer that will go."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parseaddr

from shared.events import Classification

_HEAD_END = re.compile(rb"\r?\n\r?\n")


@dataclass(frozen=True, slots=True)
class Mail:
    """An e-mail of ours, as a prospect's server took it."""

    begun_at: datetime  # MAIL FROM
    accepted_at: datetime  # our 250 after the final dot
    mail_from: str
    recipient: str
    from_name: str
    from_address: str
    reply_to: str
    message_id: str
    in_reply_to: str
    references: str
    subject: str
    text: str
    head: bytes  # the header fields as they came
    size: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What comes back after a while, and what it means to a reader of sense."""

    after_days: float
    message_id: str
    expected: Classification | None  # None: nobody could say
    write: Callable[[datetime], bytes]
    envelope_from: str  # empty: the null return path of RFC 5321
    quiet_days: float | None = None  # no more e-mail for so long; None: for ever


def read_mail(raw: bytes, *, mail_from: str, recipient: str, begun_at: datetime, accepted_at: datetime) -> Mail:
    """Read an accepted e-mail (RFC 5322)."""
    message = message_from_bytes(raw, policy=policy.default)
    name, address = parseaddr(str(message["From"] or ""))
    head_end = _HEAD_END.search(raw)
    return Mail(
        begun_at=begun_at,
        accepted_at=accepted_at,
        mail_from=mail_from,
        recipient=recipient.lower(),
        from_name=name,
        from_address=address,
        reply_to=parseaddr(str(message["Reply-To"] or ""))[1] or address,
        message_id=str(message["Message-ID"] or "").strip(),
        in_reply_to=str(message["In-Reply-To"] or "").strip(),
        references=" ".join(str(message["References"] or "").split()),
        subject=str(message["Subject"] or ""),
        text=_text(message),
        head=raw[: head_end.start()] if head_end else raw,
        size=len(raw),
    )


def _text(message: EmailMessage) -> str:
    part = message.get_body(("plain", "html"))
    return str(part.get_content()).replace("\r\n", "\n") if part else ""
