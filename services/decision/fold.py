"""A lead's status as a fold over its own history: sends, understood replies and silences by time. Pure."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from services.decision.happenings import (
    DEAD_ADDRESS,
    Failed,
    Happening,
    Sent,
    Silent,
    Suppressed,
    Suppression,
    Understood,
    by_time,
)
from shared import schedule
from shared.events import BounceKind, Classification
from shared.states import EndPolicy, LeadStatus

SOFT_BOUNCES_IN_A_ROW = 3
# A return date further away is more likely misread than meant.
LONGEST_HOLD = timedelta(days=365)
GOING_ON = frozenset({LeadStatus.NEW, LeadStatus.CONTACTED, LeadStatus.ON_HOLD})
_HUMAN = {
    Classification.POSITIVE: LeadStatus.QUALIFIED,
    Classification.NEGATIVE: LeadStatus.SUPPRESSED,
    Classification.NEUTRAL: LeadStatus.REVIEW,
}


class Rule(StrEnum):
    """Which rule decided; the words are what people read in a lead's `status_reason`."""

    COMPLAINED = "complained about spam"
    OPTED_OUT = "asked never to be written to again"
    SAID_YES = "answered yes"
    SAID_NO = "answered no"
    UNCLEAR = "answered, and a person must read it"
    MANUALLY_SUPPRESSED = "suppressed by a person"
    DEAD_ADDRESS = "the address does not exist"
    SOFT_BOUNCES = "three soft bounces in a row"
    LEFT_COMPANY = "left the company"
    NOT_DELIVERED = "the e-mail was refused, and not because of the address"
    AWAY = "away"
    SILENT = "never answered"
    WAITING = "waiting for an answer"
    NOTHING_YET = ""


@dataclass(frozen=True, slots=True)
class Policy:
    """What a lead's campaign says; a day lasts `day_seconds`."""

    timezone: str
    last_position: int
    end_policy: EndPolicy
    ooo_default_days: float
    day_seconds: float


@dataclass(frozen=True, slots=True)
class LeadState:
    """Where a lead stands, and what its sequence should do.

    `next_position` is the step to queue (None: nothing to queue now), not before `hold_until`;
    `last_step_at` is when the step before it was tried.
    """

    status: LeadStatus
    rule: Rule
    hold_until: datetime | None = None
    last_replied_at: datetime | None = None
    next_position: int | None = None
    last_step_at: datetime | None = None
    suppress: Suppression | None = None

    @property
    def stops(self) -> bool:
        """Tell whether no further e-mail of the sequence may leave."""
        return self.status not in GOING_ON


@dataclass(slots=True)
class _Facts:
    """What a history, read in the order of time, comes to."""

    last_position: int = 0
    last_step_at: datetime | None = None
    ever_sent: bool = False
    refused: bool = False
    dead_address: bool = False
    soft_in_a_row: int = 0
    soft_since_send: bool = False
    soft_too_often: bool = False
    silences: set[int] = field(default_factory=set)
    human: Understood | None = None
    last_replied_at: datetime | None = None
    opted_out: bool = False
    complained: bool = False
    away: Understood | None = None
    left_company: bool = False
    listed: set[Suppression] = field(default_factory=set)

    def note(self, happening: Happening) -> None:
        match happening:
            case Sent():
                self.ever_sent, self.soft_since_send = True, False
                self._step(happening)
            case Failed():
                dead = happening.verdict.startswith(DEAD_ADDRESS)
                self.dead_address, self.refused = self.dead_address or dead, self.refused or not dead
                # Nobody will answer what was never delivered.
                self.silences.add(happening.position)
                self._step(happening)
            case Silent():
                self.silences.add(happening.position)
                self.soft_in_a_row = self.soft_in_a_row if self.soft_since_send else 0
            case Understood():
                self._understood(happening)
            case Suppressed():
                self.listed.add(happening.reason)

    def _step(self, step: Sent | Failed) -> None:
        if step.position >= self.last_position:
            self.last_position, self.last_step_at = step.position, step.at

    def _understood(self, reply: Understood) -> None:
        if reply.delayed or reply.delivered:
            return
        self.complained = self.complained or reply.complaint
        match reply.classification:
            case Classification.OOO:
                # An automatic reply proves that the address works.
                self.away, self.soft_in_a_row = (None if reply.left_company else reply), 0
                self.left_company = self.left_company or reply.left_company
            case Classification.BOUNCE:
                self._bounced(reply.bounce_kind)
            case Classification.UNSUB:
                self.opted_out = True
                self.last_replied_at = reply.at
            case _:
                self.human, self.last_replied_at, self.soft_in_a_row = reply, reply.at, 0

    def _bounced(self, kind: BounceKind | None) -> None:
        if kind is BounceKind.HARD:
            self.dead_address = True
        elif kind is not BounceKind.BLOCK and not self.soft_since_send:
            self.soft_in_a_row += 1
            self.soft_since_send = True
            self.soft_too_often = self.soft_too_often or self.soft_in_a_row >= SOFT_BOUNCES_IN_A_ROW

    def next_position(self, policy: Policy) -> int | None:
        over = self.last_position in self.silences and self.last_position < policy.last_position
        return self.last_position + 1 if over else None


_Verdict = tuple[LeadStatus, Rule, Suppression | None]
_Judge = Callable[[_Facts], _Verdict | None]


def _complained(facts: _Facts) -> _Verdict | None:
    found = facts.complained or Suppression.COMPLAINT in facts.listed
    return (LeadStatus.UNSUBSCRIBED, Rule.COMPLAINED, Suppression.COMPLAINT) if found else None


def _opted_out(facts: _Facts) -> _Verdict | None:
    found = facts.opted_out or Suppression.UNSUBSCRIBED in facts.listed
    return (LeadStatus.UNSUBSCRIBED, Rule.OPTED_OUT, Suppression.UNSUBSCRIBED) if found else None


def _human_reply(facts: _Facts) -> _Verdict | None:
    if facts.human is None:
        return None
    words = {LeadStatus.QUALIFIED: Rule.SAID_YES, LeadStatus.SUPPRESSED: Rule.SAID_NO}
    status = _HUMAN[facts.human.classification]
    return status, words.get(status, Rule.UNCLEAR), None


def _manual(facts: _Facts) -> _Verdict | None:
    found = Suppression.MANUAL in facts.listed
    return (LeadStatus.SUPPRESSED, Rule.MANUALLY_SUPPRESSED, None) if found else None


def _dead_address(facts: _Facts) -> _Verdict | None:
    found = facts.dead_address or Suppression.BOUNCED in facts.listed
    return (LeadStatus.BOUNCED, Rule.DEAD_ADDRESS, Suppression.BOUNCED) if found else None


def _soft_bounces(facts: _Facts) -> _Verdict | None:
    return (LeadStatus.BOUNCED, Rule.SOFT_BOUNCES, None) if facts.soft_too_often else None


def _left_company(facts: _Facts) -> _Verdict | None:
    return (LeadStatus.DEAD, Rule.LEFT_COMPANY, None) if facts.left_company else None


def _not_delivered(facts: _Facts) -> _Verdict | None:
    found = facts.refused and not facts.ever_sent
    return (LeadStatus.REVIEW, Rule.NOT_DELIVERED, None) if found else None


# The first one that answers decides; none of them ever lets another e-mail leave.
STOPPING: Sequence[_Judge] = (
    _complained,
    _opted_out,
    _human_reply,
    _manual,
    _dead_address,
    _soft_bounces,
    _left_company,
    _not_delivered,
)


def fold(history: Iterable[Happening], policy: Policy, now: datetime) -> LeadState:
    """Return where a lead stands at `now`; the order in which its history became known does not matter."""
    facts = _Facts()
    for happening in sorted(history, key=by_time):
        facts.note(happening)
    for judge in STOPPING:
        if verdict := judge(facts):
            status, rule, suppress = verdict
            return LeadState(status, rule, last_replied_at=facts.last_replied_at, suppress=suppress)
    return _going_on(facts, policy, now)


def _going_on(facts: _Facts, policy: Policy, now: datetime) -> LeadState:
    upcoming, step_at = facts.next_position(policy), facts.last_step_at
    hold_until = _hold_until(facts.away, policy) if facts.away else None
    if hold_until and hold_until > now:
        return LeadState(
            LeadStatus.ON_HOLD, Rule.AWAY, hold_until=hold_until, next_position=upcoming, last_step_at=step_at
        )
    if facts.last_position in facts.silences and facts.last_position >= policy.last_position > 0:
        return LeadState(LeadStatus(policy.end_policy), Rule.SILENT)
    if facts.last_position == 0:
        return LeadState(LeadStatus.NEW, Rule.NOTHING_YET)
    return LeadState(LeadStatus.CONTACTED, Rule.WAITING, next_position=upcoming, last_step_at=step_at)


def _hold_until(away: Understood, policy: Policy) -> datetime:
    back = away.return_date
    if back is None or back - away.at.date() > LONGEST_HOLD:
        return schedule.after_days(away.at, policy.ooo_default_days, policy.day_seconds)
    return schedule.until_date(away.at, back, policy.timezone, policy.day_seconds)
