"""Campaigns that are paused, degraded, recover, or come to their end."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from services.decision.jobs import evaluate_campaigns, note_contacts
from services.decision.rules import Limits
from shared.tables import campaigns, decisions, leads
from tests.handlers.decision.world import NOON, World

RULES = Limits(auto_pause=True, min_reply_rate=0.1, min_sends=20)


def evaluate(world: World) -> None:
    evaluate_campaigns(world.uow, limits=RULES)


def status(world: World, campaign: int) -> str:
    return str(world.row(campaigns, campaign).status)


def answered(world: World, campaign: int, sends: int, answers: int, meaning: str, **facts: object) -> None:
    """Let a campaign send so much and get so many answers of one kind."""
    people = [world.contacted(campaign) for _ in range(sends)]
    world.decide(*(world.reply(lead, meaning, outbound, **facts) for lead, outbound in people[:answers]))


def test_a_campaign_that_nobody_answers_is_paused_once_the_waits_are_over(world: World) -> None:
    campaign = world.campaign()
    answered(world, campaign, 20, 1, "NEGATIVE")
    evaluate(world)
    assert status(world, campaign) == "RUNNING"

    world.later(days=4)
    evaluate(world)

    assert status(world, campaign) == "PAUSED"
    assert world.row(campaigns, campaign).status_reason == "1 of 20 e-mails answered (5.0 %)"
    assert world.alerts() == ["CAMPAIGN_PAUSED"]
    decision = world.rows(decisions)[-1]
    assert (decision.rule, decision.outcome) == ("reply_rate", "PAUSED")
    assert decision.inputs["counts"]["sent"] == 20


def test_a_campaign_is_not_paused_on_a_tiny_sample(world: World) -> None:
    campaign = world.campaign()
    answered(world, campaign, 19, 19, "BOUNCE", bounce_kind="BLOCK")
    world.later(days=4)
    evaluate(world)
    assert status(world, campaign) == "RUNNING"


def test_a_campaign_with_enough_answers_goes_on(world: World) -> None:
    campaign = world.campaign()
    answered(world, campaign, 20, 2, "NEUTRAL")
    world.later(days=4)
    evaluate(world)
    assert status(world, campaign) == "RUNNING"


def test_a_campaign_s_own_rules_come_before_the_settings(world: World) -> None:
    campaign = world.campaign(auto_pause=False)
    stricter = world.campaign(min_sends_to_evaluate=5)
    answered(world, campaign, 20, 0, "NEUTRAL")
    answered(world, stricter, 5, 0, "NEUTRAL")
    world.later(days=4)
    evaluate(world)
    assert (status(world, campaign), status(world, stricter)) == ("RUNNING", "PAUSED")


@pytest.mark.parametrize(("sends", "after"), [(100, "DEGRADED"), (50, "PAUSED"), (101, "RUNNING")])
def test_bounces_degrade_and_then_pause(world: World, sends: int, after: str) -> None:
    campaign = world.campaign(auto_pause=False)
    answered(world, campaign, sends, 5, "BOUNCE", bounce_kind="BLOCK")
    evaluate(world)
    evaluate(world)
    assert status(world, campaign) == after
    assert world.alerts() == ([] if after == "RUNNING" else [f"CAMPAIGN_{after}"])


def test_e_mails_that_are_only_late_are_no_bounces(world: World) -> None:
    campaign = world.campaign(auto_pause=False)
    answered(world, campaign, 50, 5, "BOUNCE", bounce_kind="SOFT", delayed=True)
    evaluate(world)
    assert status(world, campaign) == "RUNNING"


def test_addresses_refused_at_the_door_count_as_bounces(world: World) -> None:
    campaign = world.campaign(auto_pause=False)
    answered(world, campaign, 20, 0, "NEUTRAL")
    refused = [world.outbound(world.lead(campaign), 1, "FAILED", error_message="DEAD_ADDRESS: 5.1.1") for _ in range(5)]
    world.time_out(*(world.silence(email) for email in refused))
    evaluate(world)
    assert world.row(campaigns, campaign).status_reason == "5 of 25 e-mails bounced (20.0 %)"


def test_complaints_pause(world: World) -> None:
    campaign = world.campaign()
    answered(world, campaign, 20, 2, "UNSUB", complaint=True)
    evaluate(world)
    assert world.row(campaigns, campaign).status_reason == "2 of 20 e-mails complained (10.0 %)"


@pytest.mark.parametrize("kind", ["opt-out", "auth-failure", "not-spam"])
def test_feedback_that_blames_nobody_is_no_complaint_about_a_campaign(world: World, kind: str) -> None:
    campaign = world.campaign()
    answered(world, campaign, 20, 2, "UNSUB", complaint=True, feedback_type=kind)
    evaluate(world)
    assert world.row(campaigns, campaign).status == "RUNNING"


def test_a_report_of_abuse_counts_as_a_complaint(world: World) -> None:
    campaign = world.campaign()
    answered(world, campaign, 20, 2, "UNSUB", complaint=True, feedback_type="abuse")
    evaluate(world)
    assert world.row(campaigns, campaign).status_reason == "2 of 20 e-mails complained (10.0 %)"


def test_a_resumed_campaign_is_not_paused_for_its_past(world: World) -> None:
    campaign = world.campaign()
    answered(world, campaign, 40, 10, "BOUNCE", bounce_kind="BLOCK")
    world.later(days=4)
    evaluate(world)
    assert status(world, campaign) == "PAUSED"

    world.change(campaigns, campaign, status="RUNNING", rules_since=world.now)
    late, outbound = world.contacted(campaign)
    world.decide(world.reply(late, "BOUNCE", outbound, bounce_kind="BLOCK"))
    evaluate(world)

    assert status(world, campaign) == "RUNNING"
    assert world.alerts() == ["CAMPAIGN_PAUSED"]


def test_a_degraded_campaign_recovers(world: World) -> None:
    campaign = world.campaign(status="DEGRADED", auto_pause=False)
    answered(world, campaign, 20, 1, "BOUNCE", bounce_kind="BLOCK")
    evaluate(world)
    assert status(world, campaign) == "RUNNING"
    assert world.rows(decisions)[-1].rule == "recovered"


def test_a_campaign_that_a_person_paused_stays_paused(world: World) -> None:
    campaign = world.campaign(status="PAUSED")
    answered(world, campaign, 1, 1, "NEGATIVE")
    evaluate(world)
    assert status(world, campaign) == "PAUSED"


def test_a_campaign_is_finished_when_every_lead_has_come_to_an_end(world: World) -> None:
    campaign = world.campaign()
    answered(world, campaign, 3, 3, "NEGATIVE")
    waiting = world.lead(campaign)
    evaluate(world)
    assert status(world, campaign) == "RUNNING"
    world.change(leads, waiting, status="NURTURE")
    evaluate(world)
    assert status(world, campaign) == "FINISHED"
    assert world.alerts() == []


def test_a_campaign_without_leads_is_not_finished(world: World) -> None:
    campaign = world.campaign()
    evaluate(world)
    assert status(world, campaign) == "RUNNING"


def test_a_campaign_with_an_e_mail_under_way_is_not_finished(world: World) -> None:
    campaign = world.campaign()
    world.outbound(world.lead(campaign, status="BOUNCED"), 1, "SENDING")
    evaluate(world)
    assert status(world, campaign) == "RUNNING"


def test_only_sends_since_the_rules_count_are_counted(world: World) -> None:
    campaign = world.campaign(rules_since=NOON + timedelta(seconds=1))
    answered(world, campaign, 30, 30, "BOUNCE", bounce_kind="BLOCK")
    evaluate(world)
    assert status(world, campaign) == "RUNNING"


def test_a_lead_that_was_written_to_says_so_and_nobody_else_is_touched(world: World) -> None:
    campaign = world.campaign()
    written_to, new, gone = (world.lead(campaign, status=status) for status in ("NEW", "NEW", "UNSUBSCRIBED"))
    for lead in (written_to, gone):
        world.change(leads, lead, last_contacted_at=NOON)
    note_contacts(world.uow)
    assert [world.status(lead) for lead in (written_to, new, gone)] == ["CONTACTED", "NEW", "UNSUBSCRIBED"]


def test_noting_contacts_waits_for_nobody_who_writes_about_a_lead(world: World) -> None:
    campaign = world.campaign()
    busy, free = (world.insert(leads, campaign_id=campaign, email=f"{name}@acme.example") for name in ("busy", "free"))
    for lead in (busy, free):
        world.change(leads, lead, last_contacted_at=world.now)
    with world.owner.begin() as sender:
        sender.execute(update(leads).where(leads.c.id == busy).values(last_contacted_at=world.now))
        note_contacts(world.uow)
        assert {row.id: row.status for row in world.rows(leads)} == {busy: "NEW", free: "CONTACTED"}
    note_contacts(world.uow)
    assert {row.id: row.status for row in world.rows(leads)} == {busy: "CONTACTED", free: "CONTACTED"}
