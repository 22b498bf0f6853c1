"""What can happen to a lead, as its history tells it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from shared.events import BounceKind, Classification

DEAD_ADDRESS = "DEAD_ADDRESS"


class Suppression(StrEnum):
    """Why an address is never written to again."""

    UNSUBSCRIBED = "UNSUBSCRIBED"
    COMPLAINT = "COMPLAINT"
    BOUNCED = "BOUNCED"
    MANUAL = "MANUAL"


@dataclass(frozen=True, slots=True)
class Sent:
    """An e-mail left (or may have left: an UNKNOWN one counts)."""

    position: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Failed:
    """An e-mail was refused or skipped for good; the verdict begins with DEAD_ADDRESS when that was the cause."""

    position: int
    at: datetime
    verdict: str = ""


@dataclass(frozen=True, slots=True)
class Silent:
    """The wait after an e-mail is over and no answer was seen."""

    position: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Understood:
    """An e-mail arrived and was understood; `at` is when it arrived.

    `complaint`: somebody called our e-mail abuse; feedback that only asks for no more mail is a plain UNSUB.
    `delayed` and `delivered` are notices about our e-mail on its way; they say nothing about the lead.
    """

    inbound_email_id: int
    at: datetime
    classification: Classification
    return_date: date | None = None
    bounce_kind: BounceKind | None = None
    left_company: bool = False
    complaint: bool = False
    delayed: bool = False
    delivered: bool = False
    needs_review: bool = False


@dataclass(frozen=True, slots=True)
class Suppressed:
    """The address (or its domain) is on the list of those never to be written to."""

    reason: Suppression
    at: datetime


Happening = Sent | Failed | Silent | Understood | Suppressed
_RANK: Sequence[type] = (Sent, Failed, Silent, Understood, Suppressed)


def by_time(happening: Happening) -> tuple[datetime, int, int, str]:
    """Return what orders a history: its times, and for equal ones something that never changes."""
    match happening:
        case Understood():
            detail = (happening.inbound_email_id, happening.classification.value)
        case Suppressed():
            detail = (0, happening.reason.value)
        case _:
            detail = (happening.position, "")
    return happening.at, _RANK.index(type(happening)), *detail
