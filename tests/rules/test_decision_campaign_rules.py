"""When a campaign is degraded, paused, or well again."""

import pytest

from services.decision.campaign_rules import Counts, Limits, judge
from shared.states import CampaignStatus

RUNNING, DEGRADED, PAUSED = CampaignStatus.RUNNING, CampaignStatus.DEGRADED, CampaignStatus.PAUSED


def limits(*, auto_pause: bool = False, min_reply_rate: float = 0.1, min_sends: int = 50) -> Limits:
    return Limits(auto_pause, min_reply_rate, min_sends)


def counts(sent: int, *, replied: int = 0, bounced: int = 0, complained: int = 0, settled: int | None = None) -> Counts:
    return Counts(sent, sent if settled is None else settled, replied, bounced, complained)


@pytest.mark.parametrize(
    ("before", "counted", "after", "why"),
    [
        (RUNNING, counts(0), RUNNING, "nothing was sent"),
        (RUNNING, counts(100, bounced=4), RUNNING, "4 % is fine"),
        (RUNNING, counts(100, bounced=5), DEGRADED, "5 % bounced"),
        (RUNNING, counts(100, bounced=10), PAUSED, "10 % bounced"),
        (RUNNING, counts(49, bounced=20), RUNNING, "49 sends are a tiny sample"),
        (RUNNING, counts(50, bounced=4), RUNNING, "four bounces may be bad luck"),
        (RUNNING, counts(2000, complained=2), DEGRADED, "0.1 % complained"),
        (RUNNING, counts(600, complained=2), PAUSED, "0.3 % complained"),
        (RUNNING, counts(100, complained=1), RUNNING, "one complaint may be a slip of the finger"),
        (DEGRADED, counts(100, bounced=5), DEGRADED, "no change"),
        (DEGRADED, counts(100, bounced=10), PAUSED, "worse"),
        (DEGRADED, counts(1000, bounced=45), DEGRADED, "close to the limit is not yet well"),
        (DEGRADED, counts(1000, bounced=39), RUNNING, "well again"),
    ],
)
def test_bounces_and_complaints_move_a_campaign(
    before: CampaignStatus, counted: Counts, after: CampaignStatus, why: str
) -> None:
    assert judge(before, counted, limits()).status is after, why


@pytest.mark.parametrize(
    ("counted", "rule", "after"),
    [
        (counts(50, replied=4), limits(auto_pause=True), PAUSED),
        (counts(50, replied=5), limits(auto_pause=True), RUNNING),
        (counts(50, replied=0), limits(auto_pause=False), RUNNING),
        (counts(49, replied=0), limits(auto_pause=True), RUNNING),
        (counts(500, replied=1, settled=49), limits(auto_pause=True), RUNNING),
        (counts(10, replied=0), limits(auto_pause=True, min_sends=10), PAUSED),
        (counts(10, replied=0), limits(auto_pause=True, min_sends=10, min_reply_rate=0), RUNNING),
    ],
)
def test_too_few_answers_pause_a_campaign_that_asked_for_it(
    counted: Counts, rule: Limits, after: CampaignStatus
) -> None:
    assert judge(RUNNING, counted, rule).status is after


def test_the_reason_can_be_checked_by_hand() -> None:
    verdict = judge(RUNNING, counts(80, bounced=8), limits())
    assert (verdict.rule, verdict.reason) == ("bounce_rate", "8 of 80 e-mails bounced (10.0 %)")
