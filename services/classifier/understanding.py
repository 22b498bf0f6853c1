"""What goes into the pipeline and what comes out of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date

from shared.events import BounceKind, Classification

Json = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Incoming:
    """An e-mail as the inbox stored it: header names in lower case, `report` as `shared.mail.reports` shapes it.

    `received_on` is the day that "on Monday" and dates without a year are counted from; None: they stay unread.
    """

    subject: str = ""
    from_address: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""
    report: Json | None = None
    received_on: date | None = None

    def header(self, name: str) -> str:
        """Return a header's value in lower case, empty if it is missing."""
        return str(self.headers.get(name, "")).strip().lower()


@dataclass(frozen=True, slots=True)
class Facts:
    """What else was found in an e-mail."""

    return_date: date | None = None
    bounce_kind: BounceKind | None = None
    bounce_status: str | None = None  # enhanced status code, RFC 3463
    complaint: bool = False
    delayed: bool = False
    delivered: bool = False
    left_company: bool = False
    reply_text: str | None = None

    def to_json(self) -> dict[str, object]:
        """Return what is known, as JSON."""
        known = {part.name: getattr(self, part.name) for part in fields(self)}
        return {
            name: value.isoformat() if isinstance(value, date) else value
            for name, value in known.items()
            if value is not None and value is not False
        }


@dataclass(frozen=True, slots=True)
class Understanding:
    """What an e-mail means, how sure that is (0 to 1), and the words that decided (at most 300 characters)."""

    classification: Classification
    confidence: float
    reason: str
    facts: Facts = Facts()
