"""What follows when a reply is understood."""

from datetime import UTC, datetime
from threading import Thread

import pytest

from shared.tables import decisions, handled_events, inbound_emails, leads, outbound_emails, outbox, suppressions
from tests.handlers.decision.world import NOON, World


@pytest.mark.parametrize(
    ("meaning", "status", "alerts"),
    [
        ("POSITIVE", "QUALIFIED", ["POSITIVE_REPLY"]),
        ("NEGATIVE", "SUPPRESSED", []),
        ("NEUTRAL", "REVIEW", ["REPLY_REVIEW"]),
        ("UNSUB", "UNSUBSCRIBED", []),
    ],
)
def test_each_answer_of_a_person_stops_the_sequence(world: World, meaning: str, status: str, alerts: list[str]) -> None:
    lead, first = world.contacted(world.campaign())
    queued = world.outbound(lead, 2, "QUEUED")

    world.decide(world.reply(lead, meaning, first))

    assert world.status(lead) == status
    assert world.row(leads, lead).last_replied_at == NOON
    assert world.row(outbound_emails, queued).status == "CANCELLED"
    assert world.alerts() == alerts


def test_the_decision_keeps_its_inputs(world: World) -> None:
    lead, first = world.contacted(world.campaign())
    world.decide(world.reply(lead, "POSITIVE", first))
    (decision,) = world.rows(decisions)
    assert (decision.rule, decision.outcome, decision.lead_id) == ("SAID_YES", "QUALIFIED", lead)
    assert decision.inputs["before"] == "CONTACTED"
    assert decision.inputs["confidence"] == 0.9


def test_the_alert_names_campaign_and_step_and_no_text(world: World) -> None:
    campaign = world.campaign(name="Autumn")
    lead, first = world.contacted(campaign)
    event = world.reply(lead, "POSITIVE", first)
    world.decide(event)
    (row,) = world.rows(outbox)
    assert "step 1 of campaign Autumn" in row.body
    assert f'"subject":"{event.data.inbound_email_id}"' in row.body
    assert f'"correlationid":"{event.correlation_id}"' in row.body
    assert "acme.example" not in row.body


def test_a_reply_asking_to_stop_suppresses_the_lead_everywhere(world: World) -> None:
    lead, first = world.contacted(world.campaign(), "jane@acme.example")
    elsewhere = world.lead(world.campaign(), "jane@acme.example")
    queued = world.outbound(elsewhere, 1, "QUEUED")
    bystander = world.lead(world.campaign(), "joe@acme.example")
    untouched = world.outbound(bystander, 1, "QUEUED")
    event = world.reply(lead, "UNSUB", first)

    world.decide(event)

    (listed,) = world.rows(suppressions)
    assert (listed.target, listed.reason) == ("jane@acme.example", "UNSUBSCRIBED")
    assert listed.inbound_email_id == event.data.inbound_email_id
    assert world.status(elsewhere) == "UNSUBSCRIBED"
    assert world.row(outbound_emails, queued).status == "CANCELLED"
    assert world.status(bystander) == "NEW"
    assert world.row(outbound_emails, untouched).status == "QUEUED"
    assert [row.lead_id for row in world.rows(decisions)] == [elsewhere, lead]


def test_an_opt_out_elsewhere_outlives_a_later_yes(world: World) -> None:
    lead, _ = world.contacted(world.campaign(), "jane@acme.example")
    elsewhere, second = world.contacted(world.campaign(), "jane@acme.example")
    world.decide(world.reply(lead, "UNSUB"))
    world.decide(world.reply(elsewhere, "POSITIVE", second))
    assert world.status(elsewhere) == "UNSUBSCRIBED"
    assert world.alerts() == ["POSITIVE_REPLY"]


def test_a_yes_elsewhere_cancels_only_that_lead(world: World) -> None:
    lead, first = world.contacted(world.campaign(), "jane@acme.example")
    elsewhere = world.lead(world.campaign(), "jane@acme.example")
    queued = world.outbound(elsewhere, 1, "QUEUED")
    world.decide(world.reply(lead, "POSITIVE", first))
    assert world.row(outbound_emails, queued).status == "QUEUED"


def test_a_complaint_is_an_opt_out_and_calls_a_human(world: World) -> None:
    lead, first = world.contacted(world.campaign())
    world.decide(world.reply(lead, "UNSUB", first, complaint=True))
    assert world.status(lead) == "UNSUBSCRIBED"
    assert [row.reason for row in world.rows(suppressions)] == ["COMPLAINT"]
    assert world.alerts() == ["COMPLAINT"]


def test_feedback_that_only_opts_out_ends_the_mail_and_calls_nobody(world: World) -> None:
    lead, first = world.contacted(world.campaign())
    world.decide(world.reply(lead, "UNSUB", first, complaint=True, feedback_type="opt-out"))
    assert world.status(lead) == "UNSUBSCRIBED"
    assert [row.reason for row in world.rows(suppressions)] == ["UNSUBSCRIBED"]
    assert world.alerts() == []


@pytest.mark.parametrize(
    ("meaning", "alerts"),
    [("NEGATIVE", ["REPLY_REVIEW"]), ("POSITIVE", ["POSITIVE_REPLY"]), ("NEUTRAL", ["REPLY_REVIEW"])],
)
def test_an_answer_that_a_second_opinion_was_wanted_about_calls_a_human_once(
    world: World, meaning: str, alerts: list[str]
) -> None:
    lead, first = world.contacted(world.campaign())
    world.decide(world.reply(lead, meaning, first, needs_review=True))
    assert world.alerts() == alerts


@pytest.mark.parametrize(
    ("kind", "status", "listed"), [("HARD", "BOUNCED", 1), ("SOFT", "CONTACTED", 0), ("BLOCK", "CONTACTED", 0)]
)
def test_only_a_hard_bounce_is_the_address_s_fault(world: World, kind: str, status: str, listed: int) -> None:
    lead, first = world.contacted(world.campaign())
    world.decide(world.reply(lead, "BOUNCE", first, bounce_kind=kind))
    assert world.status(lead) == status
    assert len(world.rows(suppressions)) == listed


@pytest.mark.parametrize(("meaning", "fact"), [("BOUNCE", "delayed"), ("OOO", "delivered")])
def test_a_notice_about_our_e_mail_on_its_way_changes_nothing(world: World, meaning: str, fact: str) -> None:
    lead, first = world.contacted(world.campaign())
    for _ in range(4):
        world.decide(world.reply(lead, meaning, first, bounce_kind="SOFT", **{fact: True}))
    assert world.status(lead) == "CONTACTED"
    assert (world.rows(suppressions), world.alerts()) == ([], [])


def test_an_absence_holds_the_lead_and_moves_what_is_queued(world: World) -> None:
    lead, first = world.contacted(world.campaign(timezone="Europe/Berlin", window_start_minute=9 * 60))
    queued = world.outbound(lead, 2, "QUEUED")

    world.decide(world.reply(lead, "OOO", first, return_date="2026-03-10"))

    assert world.status(lead) == "ON_HOLD"
    assert world.row(leads, lead).hold_until == datetime(2026, 3, 9, 23, tzinfo=UTC)
    assert world.row(outbound_emails, queued).due_at == datetime(2026, 3, 10, 8, tzinfo=UTC)
    assert world.row(outbound_emails, queued).status == "QUEUED"


def test_two_replies_of_one_lead_in_one_batch(world: World) -> None:
    lead, first = world.contacted(world.campaign())
    no = world.reply(lead, "NEGATIVE", first)
    world.later(hours=1)
    yes = world.reply(lead, "POSITIVE", first)

    world.decide(yes, no)

    assert world.status(lead) == "QUALIFIED"
    assert len(world.rows(decisions)) == 2
    assert world.alerts() == ["POSITIVE_REPLY"]


def test_replies_that_arrive_in_the_wrong_order_come_to_the_same(world: World) -> None:
    lead, first = world.contacted(world.campaign())
    early = world.inbound(lead, "NEGATIVE", first)
    world.later(hours=1)
    world.decide(world.reply(lead, "POSITIVE", first))
    world.decide(world.classified(early, lead, "NEGATIVE"))
    assert world.status(lead) == "QUALIFIED"


def test_a_duplicate_event_changes_nothing(world: World) -> None:
    lead, first = world.contacted(world.campaign())
    event = world.reply(lead, "POSITIVE", first)
    world.decide(event, event)
    before = [world.rows(table) for table in (leads, decisions, outbox, suppressions)]
    world.later(hours=1)
    world.decide(event)
    assert [world.rows(table) for table in (leads, decisions, outbox, suppressions)] == before
    assert len(world.rows(handled_events)) == 1


def test_a_reply_understood_anew_folds_again_and_brings_back_what_was_cancelled(world: World) -> None:
    lead, first = world.contacted(world.campaign())
    world.later(days=3)
    world.time_out(world.silence(first))
    event = world.reply(lead, "NEGATIVE", first)
    world.decide(event)
    assert [row.status for row in world.rows(outbound_emails)] == ["SENT", "CANCELLED"]

    world.change(inbound_emails, event.data.inbound_email_id, classification="BOUNCE")
    world.decide(world.classified(event.data.inbound_email_id, lead, "BOUNCE", revision=2))

    assert world.status(lead) == "CONTACTED"
    assert [row.status for row in world.rows(outbound_emails)] == ["SENT", "QUEUED"]


def test_what_a_person_cancelled_stays_cancelled(world: World) -> None:
    lead, first = world.contacted(world.campaign())
    mine = world.outbound(lead, 2, "QUEUED", cancelled_at=NOON, cancel_reason="by hand")
    world.later(days=3)
    world.time_out(world.silence(first))
    assert world.row(outbound_emails, mine).status == "CANCELLED"


def test_a_reply_of_nobody_is_recorded_and_left(world: World) -> None:
    world.campaign()
    world.decide(world.reply(None, "POSITIVE"))
    (decision,) = world.rows(decisions)
    assert (decision.outcome, decision.lead_id) == ("UNMATCHED", None)


def test_facts_that_make_no_sense_harm_nobody(world: World) -> None:
    lead, first = world.contacted(world.campaign(timezone="Mars/Olympus", window_weekdays=[9]))
    other, second = world.contacted(world.campaign())
    strange = world.reply(lead, "OOO", first, return_date="9999-99-99", bounce_kind=7, left_company="yes")
    world.decide(strange, world.reply(other, "POSITIVE", second))
    assert (world.status(lead), world.status(other)) == ("ON_HOLD", "QUALIFIED")


def test_batches_that_share_addresses_run_side_by_side(world: World) -> None:
    campaigns = [world.campaign(), world.campaign()]
    people = [[world.contacted(campaign, f"p{n}@acme.example")[0] for n in range(40)] for campaign in campaigns]
    batches = [[world.reply(lead, "UNSUB") for lead in group] for group in people]
    threads = [Thread(target=world.decide, args=tuple(batch)) for batch in (batches[0], list(reversed(batches[1])))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert {row.status for row in world.rows(leads)} == {"UNSUBSCRIBED"}
    assert len(world.rows(suppressions)) == 40
    assert sum(1 for row in world.rows(decisions) if row.inbound_email_id) == 80


def test_a_batch_costs_as_many_statements_as_one_event(world: World) -> None:
    campaign = world.campaign()
    few = [world.reply(lead, "UNSUB", first) for lead, first in [world.contacted(campaign)]]
    many = [world.reply(lead, "UNSUB", first) for lead, first in (world.contacted(campaign) for _ in range(50))]
    assert world.statements(lambda: world.decide(*few)) == world.statements(lambda: world.decide(*many))


def test_an_absence_that_is_learned_of_too_late_holds_nothing(world: World) -> None:
    lead, first = world.contacted(world.campaign())
    event = world.reply(lead, "OOO", first)
    world.later(days=8)
    world.decide(event)
    assert world.status(lead) == "CONTACTED"
    assert world.row(leads, lead).hold_until is None
