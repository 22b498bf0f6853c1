"""One e-mail that is about to leave."""

from dataclasses import dataclass
from datetime import datetime


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
