"""What can forbid an e-mail at the last moment, and the thread it belongs to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from re import Pattern

from services.sender.rules import repeatable, scaled
from shared.schedule import Window, opens

_SENDING_CAMPAIGNS = {"RUNNING", "DEGRADED"}
_OPEN_LEADS = {"NEW", "CONTACTED"}
_ON_HOLD = "ON_HOLD"
UNDECIDED_WAIT = timedelta(seconds=30)
_MAILBOX_WAIT = timedelta(minutes=1)
_OPEN_END_WAIT = timedelta(days=1)


class Effect(StrEnum):
    """What an obstacle does to the e-mail."""

    LEAVE = "LEAVE"  # untouched: its campaign does not send
    WAIT = "WAIT"
    SKIP = "SKIP"  # for good
    DOUBT = "DOUBT"  # it may have been sent before, and can't be repeated safely


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why an e-mail may not leave now, and (for WAIT) when to look again."""

    effect: Effect
    reason: str
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """All that is known about an e-mail when it is about to be claimed."""

    recipient: str
    campaign_status: str
    lead_status: str
    hold_until: datetime | None
    mailbox_rests_until: datetime | None
    suppressed: bool
    undecided: bool
    window: Window | None
    doubtful_message_id: str | None
    repeatable_provider: bool


def obstacle(it: Candidate, now: datetime, *, allowlist: Pattern[str], day_seconds: float) -> Obstacle | None:
    """Return what forbids this e-mail now; None: it may leave."""
    if it.campaign_status not in _SENDING_CAMPAIGNS:
        return Obstacle(Effect.LEAVE, f"campaign is {it.campaign_status}")
    final = _final(it, allowlist)
    if it.doubtful_message_id:
        final = _doubt(it, it.doubtful_message_id, now, final)
    return final or _temporary(it, now, day_seconds)


def _final(it: Candidate, allowlist: Pattern[str]) -> Obstacle | None:
    if it.lead_status not in _OPEN_LEADS | {_ON_HOLD}:
        return Obstacle(Effect.SKIP, f"lead is {it.lead_status}")
    if it.suppressed:
        return Obstacle(Effect.SKIP, "address or domain is suppressed")
    if not allowlist.search(it.recipient):
        return Obstacle(Effect.SKIP, "address is not on the allowlist")
    return None


def _doubt(it: Candidate, message_id: str, now: datetime, final: Obstacle | None) -> Obstacle | None:
    if final:
        return Obstacle(Effect.DOUBT, f"may have been sent before: {final.reason}")
    if not it.repeatable_provider or not repeatable(message_id, now):
        return Obstacle(Effect.DOUBT, "may have been sent before, and the provider no longer knows its key")
    return None


def _temporary(it: Candidate, now: datetime, day_seconds: float) -> Obstacle | None:
    if it.mailbox_rests_until and it.mailbox_rests_until > now:
        return Obstacle(Effect.WAIT, "mailbox rests", now + scaled(_MAILBOX_WAIT, day_seconds))
    if it.lead_status == _ON_HOLD and (it.hold_until is None or it.hold_until > now):
        return Obstacle(Effect.WAIT, "lead is on hold", it.hold_until or now + scaled(_OPEN_END_WAIT, day_seconds))
    if it.undecided:
        return Obstacle(Effect.WAIT, "an answer is not yet understood", now + scaled(UNDECIDED_WAIT, day_seconds))
    return _outside_window(it.window, now, day_seconds)


def _outside_window(window: Window | None, now: datetime, day_seconds: float) -> Obstacle | None:
    try:
        opening = opens(window, now) if window else None
    except ValueError:
        opening = None
    if opening == now:
        return None
    reason = "outside the sending window" if opening else "the sending window never opens"
    return Obstacle(Effect.WAIT, reason, opening or now + scaled(_OPEN_END_WAIT, day_seconds))


@dataclass(frozen=True, slots=True)
class Earlier:
    """An e-mail this lead was sent before; without `thread_message_id` it began a thread."""

    message_id: str
    subject: str
    thread_message_id: str | None


@dataclass(frozen=True, slots=True)
class Thread:
    """What a follow-up in the same thread carries (RFC 5322 §3.6.4)."""

    subject: str
    in_reply_to: str
    references: tuple[str, ...]


def thread_of(earlier: Sequence[Earlier]) -> Thread | None:
    """Return the thread that the last of these e-mails (in the order of sending) belongs to."""
    if not earlier:
        return None
    start = max((n for n, one in enumerate(earlier) if one.thread_message_id is None), default=0)
    subject = earlier[start].subject
    return Thread(
        subject=subject if subject.lower().startswith("re:") else f"Re: {subject}",
        in_reply_to=earlier[-1].message_id,
        references=tuple(one.message_id for one in earlier[start:]),
    )
