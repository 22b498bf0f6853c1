"""Which step follows, in which variant."""

from collections import Counter

from services.decision.steps import FollowUp, Steps

STEPS = Steps({1: {"A": 0}, 2: {"A": 3, "B": 3}, 3: {"A": 5}}, end_wait_days=7)


def test_a_step_waits_for_its_answer_as_long_as_the_next_one_says() -> None:
    one_variant = Steps({1: {"A": 0}, 2: {"A": 3}, 3: {"A": 5}}, end_wait_days=7)
    assert one_variant.follow_up(1, 2) == FollowUp(2, "A", wait_days=3, silence_days=5)


def test_the_last_step_waits_as_long_as_the_campaign_says() -> None:
    last = STEPS.follow_up(1, 3)
    assert last
    assert last.silence_days == 7


def test_there_is_no_step_after_the_last() -> None:
    assert STEPS.follow_up(1, 4) is None
    assert Steps({}, 7).last_position == 0


def test_a_lead_always_gets_the_same_variant_and_the_variants_are_spread_evenly() -> None:
    chosen = Counter(step.variant for lead_id in range(2000) if (step := STEPS.follow_up(lead_id, 2)))
    assert STEPS.follow_up(7, 2) == STEPS.follow_up(7, 2)
    assert 900 < chosen["A"] < 1100
