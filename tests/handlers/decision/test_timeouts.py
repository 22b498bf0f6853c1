"""What follows when nobody answered."""

from datetime import UTC, datetime, timedelta

import pytest

from services.decision.jobs import release_holds
from shared.tables import decisions, leads, outbound_emails, sequence_steps, suppressions
from tests.handlers.decision.world import NOON, TERMS, World


def test_silence_queues_the_next_step(world: World) -> None:
    campaign = world.campaign()
    lead, first = world.contacted(campaign)
    world.later(days=3)

    world.time_out(world.silence(first))

    queued = world.rows(outbound_emails)[1]
    assert (queued.lead_id, queued.position, queued.variant, queued.status) == (lead, 2, "A", "QUEUED")
    assert queued.silence_days == 3
    assert queued.due_at == world.now
    assert world.status(lead) == "CONTACTED"
    assert [(row.rule, row.outbound_email_id) for row in world.rows(decisions)] == [("WAITING", first)]


def test_the_next_step_goes_on_with_the_trace_of_the_one_before(world: World) -> None:
    campaign = world.campaign()
    first, other = (world.contacted(campaign)[1] for _ in range(2))
    world.later(days=3)
    world.time_out(world.silence(first), world.silence(other))
    traces = [(row.position, row.trace_id) for row in world.rows(outbound_emails)]
    assert len({trace for _, trace in traces}) == 2
    assert {trace for position, trace in traces if position == 1} == {trace for _, trace in traces}


def test_the_next_step_waits_for_the_sending_window(world: World) -> None:
    _, first = world.contacted(world.campaign(window_start_minute=9 * 60, window_end_minute=11 * 60))
    world.later(days=3)
    world.time_out(world.silence(first))
    assert world.rows(outbound_emails)[1].due_at == datetime(2026, 3, 6, 9, tzinfo=UTC)


def test_a_lead_s_own_time_zone_decides_about_the_window(world: World) -> None:
    lead, first = world.contacted(world.campaign(window_start_minute=9 * 60))
    world.change(leads, lead, timezone="America/New_York")
    world.later(days=3)
    world.time_out(world.silence(first))
    assert world.rows(outbound_emails)[1].due_at == datetime(2026, 3, 5, 14, tzinfo=UTC)


def test_the_last_step_waits_as_long_as_the_campaign_says(world: World) -> None:
    _, first = world.contacted(world.campaign(steps=2, end_wait_days=11))
    world.time_out(world.silence(first))
    assert world.rows(outbound_emails)[1].silence_days == 11


@pytest.mark.parametrize("policy", ["NURTURE", "DEAD"])
def test_after_the_last_step_the_lead_ends_as_the_campaign_says(world: World, policy: str) -> None:
    lead, first = world.contacted(world.campaign(steps=1, end_policy=policy))
    world.time_out(world.silence(first))
    assert world.status(lead) == policy
    assert len(world.rows(outbound_emails)) == 1


def test_a_lead_that_answered_is_not_written_to_again(world: World) -> None:
    lead, first = world.contacted(world.campaign())
    world.decide(world.reply(lead, "POSITIVE", first))
    world.time_out(world.silence(first))
    assert world.status(lead) == "QUALIFIED"
    assert len(world.rows(outbound_emails)) == 1


def test_a_silence_told_twice_queues_one_step(world: World) -> None:
    _, first = world.contacted(world.campaign())
    event = world.silence(first)
    world.time_out(event, event)
    world.time_out(event)
    assert len(world.rows(outbound_emails)) == 2
    assert len(world.rows(decisions)) == 1


def test_a_step_that_is_already_queued_stays_as_it_is(world: World) -> None:
    lead, first = world.contacted(world.campaign())
    due = NOON + timedelta(days=30)
    there = world.outbound(lead, 2, "QUEUED", due_at=due)
    world.time_out(world.silence(first))
    assert world.row(outbound_emails, there).due_at == due


def test_an_address_refused_at_the_door_bounces_the_lead_everywhere(world: World) -> None:
    lead = world.lead(world.campaign(), "gone@acme.example")
    refused = world.outbound(lead, 1, "FAILED", error_message="DEAD_ADDRESS: 550 5.1.1 no such user")
    elsewhere = world.lead(world.campaign(), "gone@acme.example")
    queued = world.outbound(elsewhere, 1, "QUEUED")

    world.time_out(world.silence(refused))

    assert (world.status(lead), world.status(elsewhere)) == ("BOUNCED", "BOUNCED")
    assert world.row(outbound_emails, queued).status == "CANCELLED"
    assert [row.reason for row in world.rows(suppressions)] == ["BOUNCED"]


def test_a_first_step_that_could_not_be_delivered_is_shown_to_a_person(world: World) -> None:
    lead = world.lead(world.campaign())
    world.time_out(world.silence(world.outbound(lead, 1, "FAILED", error_message="REFUSED: 554 no")))
    assert world.status(lead) == "REVIEW"
    assert len(world.rows(outbound_emails)) == 1


def test_a_later_step_that_was_refused_is_followed_by_the_next_after_its_wait(world: World) -> None:
    lead, _ = world.contacted(world.campaign())
    second = world.outbound(lead, 2, "FAILED", error_message="ABOUT_US: 550 5.7.1 blocked")
    world.time_out(world.silence(second))
    third = world.rows(outbound_emails)[2]
    assert (third.position, third.due_at) == (3, NOON + timedelta(days=3))


def test_silence_during_an_absence_queues_the_next_step_for_the_return(world: World) -> None:
    lead, first = world.contacted(world.campaign())
    world.decide(world.reply(lead, "OOO", first, return_date="2026-03-20"))
    world.later(days=3)
    world.time_out(world.silence(first))
    assert world.status(lead) == "ON_HOLD"
    assert world.rows(outbound_emails)[1].due_at == datetime(2026, 3, 20, tzinfo=UTC)


def test_a_lead_comes_back_from_its_hold(world: World) -> None:
    lead, first = world.contacted(world.campaign())
    still_away, other = world.contacted(world.campaign())
    world.decide(
        world.reply(lead, "OOO", first, return_date="2026-03-10"),
        world.reply(still_away, "OOO", other, return_date="2026-04-10"),
    )
    world.now = datetime(2026, 3, 10, tzinfo=UTC)

    release_holds(world.uow, terms=TERMS)

    assert (world.status(lead), world.status(still_away)) == ("CONTACTED", "ON_HOLD")
    assert world.rows(decisions)[-1].inputs["event"] == "hold is over"


def test_an_absence_over_the_end_of_the_sequence_ends_with_it(world: World) -> None:
    lead, first = world.contacted(world.campaign(steps=1))
    world.decide(world.reply(lead, "OOO", first, return_date="2026-03-10"))
    world.later(days=3)
    world.time_out(world.silence(first))
    assert world.status(lead) == "ON_HOLD"
    world.later(days=6)
    release_holds(world.uow, terms=TERMS)
    assert world.status(lead) == "NURTURE"


def test_each_lead_keeps_its_variant(world: World) -> None:
    campaign = world.campaign(steps=2)
    world.insert(sequence_steps, campaign_id=campaign, position=2, variant="B", wait_days=3, body="Hello")
    world.time_out(*(world.silence(world.contacted(campaign)[1]) for _ in range(40)))
    variants = [row.variant for row in world.rows(outbound_emails) if row.position == 2]
    assert len(variants) == 40
    assert set(variants) == {"A", "B"}


def test_a_batch_of_silences_costs_as_many_statements_as_one(world: World) -> None:
    campaign = world.campaign()
    few = [world.silence(world.contacted(campaign)[1])]
    many = [world.silence(world.contacted(campaign)[1]) for _ in range(50)]
    assert world.statements(lambda: world.time_out(*few)) == world.statements(lambda: world.time_out(*many))
