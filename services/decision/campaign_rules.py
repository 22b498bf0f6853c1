"""When a campaign is degraded, paused, or well again. Pure.

Rates need a minimum: enough sends (the campaign's own figure), and enough bounces or complaints that
one unlucky address decides nothing. A plain minimum, so that an alert can be checked by hand.
"""

from dataclasses import dataclass

from shared.states import CampaignStatus

FEWEST_BOUNCES = 5
FEWEST_COMPLAINTS = 2
BOUNCE_DEGRADES, BOUNCE_PAUSES = 0.05, 0.10
COMPLAINT_DEGRADES, COMPLAINT_PAUSES = 0.001, 0.003
# A degraded campaign recovers a fifth below the limit, so that it does not swing around it.
RECOVERS_BELOW = 0.8


@dataclass(frozen=True, slots=True)
class Counts:
    """What a campaign's recent sends came to, since its rules count.

    `settled` are the sends whose wait is over or which were answered: only these can tell a reply rate.
    """

    sent: int = 0
    settled: int = 0
    replied: int = 0
    bounced: int = 0
    complained: int = 0


@dataclass(frozen=True, slots=True)
class Limits:
    """The reply rate rule of a campaign (a fraction), and how many sends any rule needs."""

    auto_pause: bool
    min_reply_rate: float
    min_sends: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """What should become of a campaign, and why."""

    status: CampaignStatus
    rule: str
    reason: str = ""


def judge(status: CampaignStatus, counts: Counts, limits: Limits) -> Verdict:
    """Return where a RUNNING or DEGRADED campaign should stand; its own status means no change."""
    enough = counts.sent >= limits.min_sends and counts.sent > 0
    verdict = (_by_health(counts) if enough else None) or _by_replies(counts, limits)
    if verdict and (verdict.status is CampaignStatus.PAUSED or status is CampaignStatus.RUNNING):
        return verdict
    if status is CampaignStatus.DEGRADED and verdict is None and _is_well(counts):
        return Verdict(CampaignStatus.RUNNING, "recovered", "the rates are fine again")
    return Verdict(status, "unchanged")


def _by_health(counts: Counts) -> Verdict | None:
    bounces = counts.bounced / counts.sent if counts.bounced >= FEWEST_BOUNCES else 0.0
    complaints = counts.complained / counts.sent if counts.complained >= FEWEST_COMPLAINTS else 0.0
    if bounces >= BOUNCE_PAUSES:
        return Verdict(CampaignStatus.PAUSED, "bounce_rate", _said(counts.bounced, counts.sent, "bounced"))
    if complaints >= COMPLAINT_PAUSES:
        return Verdict(CampaignStatus.PAUSED, "complaint_rate", _said(counts.complained, counts.sent, "complained"))
    if bounces >= BOUNCE_DEGRADES:
        return Verdict(CampaignStatus.DEGRADED, "bounce_rate", _said(counts.bounced, counts.sent, "bounced"))
    if complaints >= COMPLAINT_DEGRADES:
        return Verdict(CampaignStatus.DEGRADED, "complaint_rate", _said(counts.complained, counts.sent, "complained"))
    return None


def _by_replies(counts: Counts, limits: Limits) -> Verdict | None:
    if not limits.auto_pause or counts.settled < max(1, limits.min_sends):
        return None
    if counts.replied / counts.settled >= limits.min_reply_rate:
        return None
    return Verdict(CampaignStatus.PAUSED, "reply_rate", _said(counts.replied, counts.settled, "answered"))


def _is_well(counts: Counts) -> bool:
    bounces = counts.bounced / max(1, counts.sent)
    complaints = counts.complained / max(1, counts.sent)
    few = counts.bounced < FEWEST_BOUNCES and counts.complained < FEWEST_COMPLAINTS
    return few or (bounces < BOUNCE_DEGRADES * RECOVERS_BELOW and complaints < COMPLAINT_DEGRADES * RECOVERS_BELOW)


def _said(some: int, total: int, what: str) -> str:
    return f"{some} of {total} e-mails {what} ({100 * some / total:.1f} %)"
