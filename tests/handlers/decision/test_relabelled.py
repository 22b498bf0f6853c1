"""A person says what a reply means, and the lead follows: the console's word, the decision service's fold."""

from threading import Thread

import pytest
from sqlalchemy import delete

from console.reclassifying import apply
from console.relabelling import Word, relabel
from services.classifier.rules import Understanding
from services.classifier.store import Meaning, record
from shared.events import Classification, Envelope, ReplyClassified, parse
from shared.tables import decisions, inbound_emails, leads, outbound_emails, outbox, relabels, suppressions
from shared.unit_of_work import UnitOfWork
from tests.handlers.decision.world import NOON, World


def say(world: World, inbound: int, meaning: str, **facts: object) -> Envelope[ReplyClassified]:
    """Let a person relabel a reply, and return the event that says so."""
    uow = UnitOfWork(world.owner, source="/cam/console", clock=lambda: world.now)
    with uow.begin() as tx:
        relabel(tx, inbound, Word(Classification(meaning), "ada", facts=facts))
    return announced(world)


def announced(world: World) -> Envelope[ReplyClassified]:
    """Take the one event that says what a reply means out of the outbox, as a relay does."""
    with world.owner.begin() as connection:
        told = outbox.c.type == ReplyClassified.type
        (body,) = connection.execute(delete(outbox).where(told).returning(outbox.c.body)).scalars()
    return parse(str(body).encode(), ReplyClassified)


def test_a_persons_word_goes_on_with_the_trace_of_the_email_that_was_answered(world: World) -> None:
    lead, first = world.contacted(world.campaign())
    event = say(world, world.inbound(lead, "NEGATIVE", first), "POSITIVE")
    trace = world.row(outbound_emails, first).trace_id
    assert trace is not None
    assert event.traceparent.split("-")[1] == trace.hex
    assert event.correlation_id == f"lead/{lead}"


def test_a_yes_that_was_an_opt_out_suppresses_the_lead_everywhere(world: World) -> None:
    lead, first = world.contacted(world.campaign(), "jane@acme.example")
    elsewhere = world.lead(world.campaign(), "jane@acme.example")
    queued = world.outbound(elsewhere, 1, "QUEUED")
    event = world.reply(lead, "POSITIVE", first)
    world.decide(event)
    assert world.status(lead) == "QUALIFIED"

    world.decide(say(world, event.data.inbound_email_id, "UNSUB"))

    assert (world.status(lead), world.status(elsewhere)) == ("UNSUBSCRIBED", "UNSUBSCRIBED")
    assert world.row(outbound_emails, queued).status == "CANCELLED"
    (listed,) = world.rows(suppressions)
    assert (listed.target, listed.reason) == ("jane@acme.example", "UNSUBSCRIBED")
    assert listed.inbound_email_id == event.data.inbound_email_id


def test_an_opt_out_is_on_the_list_before_the_decision_service_hears_of_it(world: World) -> None:
    lead, first = world.contacted(world.campaign(), "jane@acme.example")
    inbound = world.inbound(lead, "OOO", first)
    say(world, inbound, "UNSUB")
    assert [row.target for row in world.rows(suppressions)] == ["jane@acme.example"]


def test_a_no_that_was_a_yes_qualifies_the_lead_and_alerts_once(world: World) -> None:
    lead, first = world.contacted(world.campaign())
    event = world.reply(lead, "NEGATIVE", first)
    world.decide(event)
    assert (world.status(lead), world.alerts()) == ("SUPPRESSED", [])

    corrected = say(world, event.data.inbound_email_id, "POSITIVE")
    world.decide(corrected)
    world.decide(corrected)

    assert world.status(lead) == "QUALIFIED"
    assert world.alerts() == ["POSITIVE_REPLY"]


def test_a_yes_that_is_confirmed_calls_nobody_a_second_time(world: World) -> None:
    lead, first = world.contacted(world.campaign())
    event = world.reply(lead, "POSITIVE", first)
    world.decide(event)
    world.decide(say(world, event.data.inbound_email_id, "POSITIVE"))
    # The same alert under the same event id: the alerter's guard lets it through once.
    assert len({row.event_id for row in world.rows(outbox)}) == 1
    assert world.status(lead) == "QUALIFIED"


def test_a_lower_revision_that_arrives_late_changes_nothing(world: World) -> None:
    lead, first = world.contacted(world.campaign())
    late = world.reply(lead, "UNSUB", first)
    corrected = say(world, late.data.inbound_email_id, "POSITIVE")
    world.decide(corrected)
    tables = (inbound_emails, leads, outbound_emails, suppressions)
    before = [world.rows(table) for table in tables]

    world.decide(late)

    assert [world.rows(table) for table in tables] == before
    assert world.status(lead) == "QUALIFIED"
    assert {row.event_id for row in world.rows(outbox)} == {world.rows(outbox)[0].event_id}
    assert [row.outcome for row in world.rows(decisions)] == ["QUALIFIED", "QUALIFIED"]


def test_an_absence_that_was_a_deferral_stops_for_a_human_and_back(world: World) -> None:
    lead, first = world.contacted(world.campaign())
    event = world.reply(lead, "OOO", first, return_date="2026-03-10")
    world.decide(event)
    world.decide(say(world, event.data.inbound_email_id, "NEUTRAL"))
    assert world.status(lead) == "REVIEW"
    world.decide(say(world, event.data.inbound_email_id, "OOO", return_date="2026-03-12"))
    assert world.status(lead) == "ON_HOLD"
    assert world.row(leads, lead).hold_until.day == 12


def test_who_said_what_and_when_is_kept_each_time(world: World) -> None:
    lead, first = world.contacted(world.campaign())
    inbound = world.inbound(lead, "NEUTRAL", first, bounce_kind="HARD", language="en", needs_review=True)
    say(world, inbound, "POSITIVE")
    world.later(hours=1)
    say(world, inbound, "NEGATIVE")
    kept = [(row.revision, row.before, row.classification, row.relabelled_by) for row in world.rows(relabels)]
    assert kept == [(1, "NEUTRAL", "POSITIVE", "ada"), (2, "POSITIVE", "NEGATIVE", "ada")]
    assert [row.relabelled_at for row in world.rows(relabels)] == [NOON, world.now]
    row = world.row(inbound_emails, inbound)
    assert (row.classification, row.classification_revision, row.relabelled_at) == ("NEGATIVE", 2, world.now)
    assert row.classification_facts == {"language": "en"}


def test_a_confirmation_keeps_the_facts(world: World) -> None:
    lead, first = world.contacted(world.campaign())
    inbound = world.inbound(lead, "BOUNCE", first, bounce_kind="HARD", needs_review=True)
    event = say(world, inbound, "BOUNCE")
    assert world.row(inbound_emails, inbound).classification_facts == {"bounce_kind": "HARD"}
    assert event.data.bounce_kind == "HARD"


def test_a_reply_that_a_later_version_understands_better_moves_its_lead(world: World) -> None:
    campaign = world.campaign()
    lead, first = world.contacted(campaign)
    event = world.reply(lead, "NEGATIVE", first)
    world.decide(event)
    world.change(inbound_emails, event.data.inbound_email_id, body="Sounds good, call me on Tuesday")

    uow = UnitOfWork(world.owner, source="/cam/console", clock=lambda: world.now)
    assert [written for _, written in apply(uow, campaign)] == [1]
    world.decide(announced(world))

    assert (world.status(lead), world.alerts()) == ("QUALIFIED", ["POSITIVE_REPLY"])


@pytest.mark.parametrize("revision", [1, 2, 9])
def test_no_machine_overrules_a_person(world: World, revision: int) -> None:
    lead, first = world.contacted(world.campaign())
    inbound = world.inbound(lead, "NEUTRAL", first)
    say(world, inbound, "POSITIVE")
    uow = UnitOfWork(world.owner, source="/cam/classifier")
    with uow.begin() as tx:
        machine = {inbound: Meaning(Understanding(Classification.UNSUB, 0.99, "a test"), "rules-99", revision)}
        assert record(tx, machine) == set()
    assert world.row(inbound_emails, inbound).classification == "POSITIVE"


def test_a_machine_that_waits_for_a_person_to_finish_does_not_overrule_them(world: World) -> None:
    lead, first = world.contacted(world.campaign())
    inbound = world.inbound(lead, "NEUTRAL", first)
    written: list[set[int]] = []

    def classify() -> None:
        with UnitOfWork(world.owner, source="/cam/classifier").begin() as tx:
            machine = {inbound: Meaning(Understanding(Classification.UNSUB, 0.99, "a test"), "rules-99", 5)}
            written.append(record(tx, machine))

    with UnitOfWork(world.owner, source="/cam/console").begin() as tx:
        relabel(tx, inbound, Word(Classification.POSITIVE, "ada"))
        machine = Thread(target=classify)
        machine.start()
        machine.join(0.3)
        assert machine.is_alive()
    machine.join(30)
    assert written == [set()]
    assert world.row(inbound_emails, inbound).classification == "POSITIVE"


def test_a_reply_that_is_not_yet_understood_can_be_relabelled(world: World) -> None:
    lead, first = world.contacted(world.campaign())
    inbound = world.inbound(lead, "NEUTRAL", first)
    world.change(inbound_emails, inbound, classification=None, classification_facts=None)
    event = say(world, inbound, "POSITIVE")
    assert (event.data.revision, event.data.classifier_version) == (1, "person")
    world.decide(event)
    assert world.status(lead) == "QUALIFIED"
