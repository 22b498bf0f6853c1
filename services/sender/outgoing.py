"""One e-mail that is about to leave, and how it is written for the wire (RFC 5322, MIME)."""

from dataclasses import dataclass
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from email.utils import format_datetime

_UNFOLDED = {"message-id", "in-reply-to", "references"}


class UnwritableError(Exception):
    """This e-mail can't be written: an address or a header is not valid."""


@dataclass(frozen=True, slots=True)
class OutgoingEmail:
    """An e-mail with its frozen content; `token` is the lease its record must show."""

    id: int
    lead_id: int
    campaign_id: int
    mailbox_id: int
    token: str
    attempts: int
    doubtful: bool  # an earlier attempt may have delivered it
    mailbox_paused: bool
    sender: str
    sender_name: str
    recipient: str
    subject: str
    body: str
    message_id: str
    in_reply_to: str | None
    references: tuple[str, ...]
    date: datetime
    silence_days: float

    @property
    def idempotency_key(self) -> str:
        """Return what makes a repetition the same e-mail: the Message-ID without its domain."""
        return self.message_id.strip("<>").split("@")[0]

    @property
    def unsubscribe(self) -> str:
        """Return the value of `List-Unsubscribe` (RFC 2369)."""
        return f"<mailto:{self.sender}?subject=unsubscribe>"


class _WirePolicy(EmailPolicy):
    """SMTP's policy, but a long Message-ID is never torn apart into encoded words."""

    def fold_binary(self, name: str, value: str) -> bytes:
        if name.lower() in _UNFOLDED:
            return "".join((name, ": ", "\r\n ".join(str(value).split()), "\r\n")).encode("ascii")
        return super().fold_binary(name, value)


_WIRE = _WirePolicy(linesep=SMTP.linesep, cte_type="7bit", raise_on_defect=False)


def sender_header(email: OutgoingEmail) -> str:
    """Return the From header's value, display name quoted as needed."""
    return str(Address(email.sender_name, addr_spec=email.sender)) if email.sender_name else email.sender


def wire_address(address: str) -> str:
    """Return an address in ASCII (RFC 5891 for the domain); raise `UnwritableError` if that can't be."""
    local, _, domain = address.rpartition("@")
    try:
        local.encode("ascii")
        return f"{local}@{domain.encode('idna').decode()}"
    except UnicodeError as error:
        raise UnwritableError("the address can't be written in ASCII (SMTPUTF8 is not spoken)") from error


def compose(email: OutgoingEmail) -> bytes:
    """Return the e-mail as bytes with CRLF line ends; raise `UnwritableError` if a header is not valid."""
    message = EmailMessage(policy=_WIRE)
    try:
        message["From"] = Address(email.sender_name, addr_spec=wire_address(email.sender))
        message["To"] = Address(addr_spec=wire_address(email.recipient))
        message["Subject"] = email.subject
        message["Date"] = format_datetime(email.date)
        message["Message-ID"] = email.message_id
        if email.in_reply_to:
            message["In-Reply-To"] = email.in_reply_to
            message["References"] = " ".join(email.references)
        message["List-Unsubscribe"] = email.unsubscribe
        message.set_content(email.body, subtype="plain", charset="utf-8")
        return message.as_bytes()
    except (ValueError, LookupError, MessageError) as error:
        raise UnwritableError(str(error)) from error
