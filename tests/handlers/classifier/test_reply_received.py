"""What is stored and announced when a reply arrives."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import event as listen
from sqlalchemy import update
from sqlalchemy.exc import ProgrammingError

from services.classifier.handlers import reply_received
from services.classifier.rules import VERSION
from shared.errors import PermanentError
from shared.tables import inbound_emails
from shared.unit_of_work import Transaction, UnitOfWork
from tests.handlers.classifier.conftest import NOON, World


def test_a_yes_is_stored_and_announced(world: World) -> None:
    reply = world.reply("Sounds good, call me on Tuesday")

    reply_received([reply], world.uow)

    row = world.stored(reply)
    assert (row.classification, row.classification_version, row.classification_revision) == ("POSITIVE", VERSION, 1)
    assert row.classified_at == NOON
    assert "call me" in row.classification_reason
    (event,) = map(json.loads, world.emitted())
    assert event["type"] == "reply.classified"
    assert event["data"]["lead_id"] == world.lead_id
    assert event["data"]["classification"] == "POSITIVE"
    assert event["causationid"] == str(reply.id)
    assert event["correlationid"] == f"lead/{world.lead_id}"


def test_the_facts_reach_the_row_and_the_event(world: World) -> None:
    away = world.reply("I am out of the office until 9 March.", headers={"auto-submitted": "auto-replied"})
    failed = {"action": "failed", "status": "5.1.1", "diagnostic": "550 5.1.1 user unknown"}
    bounce = world.reply("", report={"type": "delivery-status", "recipients": [failed]})
    complaint = world.reply("", report={"type": "feedback-report", "feedback_type": "abuse"})

    reply_received([away, bounce, complaint], world.uow)

    assert world.stored(away).classification_facts == {"return_date": "2026-03-09"}
    assert world.stored(bounce).classification_facts == {"bounce_kind": "HARD", "bounce_status": "5.1.1"}
    assert world.stored(complaint).classification_facts == {"complaint": True, "feedback_type": "abuse"}
    data = [json.loads(body)["data"] for body in world.emitted()]
    assert data[0]["return_date"] == "2026-03-09"
    assert data[1]["bounce_kind"] == "HARD"


def test_our_own_e_mail_below_an_answer_is_not_taken_for_the_answer(world: World) -> None:
    pitch = "Hi Jane,\nwe save teams like yours a day a week.\nTo get no more e-mails, just answer unsubscribe."
    reply = world.reply(f"ok\n\n{pitch}", outbound_email_id=world.sent(pitch))

    reply_received([reply], world.uow)

    assert world.stored(reply).classification == "NEUTRAL"


def test_the_event_holds_no_text_of_the_reply_beyond_the_words_that_decided(world: World) -> None:
    reply_received([world.reply("Yes please, and my secret is jane@acme.example 12345")], world.uow)
    (body,) = world.emitted()
    assert "12345" not in body
    assert "acme.example" not in body


def test_a_second_delivery_changes_nothing_and_announces_nothing(world: World) -> None:
    reply = world.reply("No thank you.")
    reply_received([reply], world.uow)
    first = world.stored(reply)
    world.uow.clock = lambda: NOON.replace(hour=18)

    reply_received([reply], world.uow)
    reply_received([reply, reply], world.uow)

    assert world.stored(reply) == first
    assert len(world.emitted()) == 1


def test_only_the_fresh_ones_of_a_batch_are_written(world: World) -> None:
    old, new = world.reply("No thank you."), world.reply("Please unsubscribe me")
    reply_received([old], world.uow)
    world.uow.clock = lambda: NOON.replace(hour=18)

    reply_received([old, new, new], world.uow)

    assert world.stored(old).classified_at == NOON
    assert world.stored(new).classification == "UNSUB"
    assert len(world.emitted()) == 2


def test_an_email_that_does_not_exist_is_a_permanent_error_and_leaves_nothing(world: World) -> None:
    there = world.reply("No thank you.")

    with pytest.raises(PermanentError, match="4711"):
        reply_received([there, world.announced(4711, uid=99)], world.uow)

    assert world.stored(there).classification is None
    assert (world.guards(), world.emitted()) == (0, [])


class _Unlucky(UnitOfWork):
    """Its transactions fail at their end, after everything was written and before the commit."""

    @contextmanager
    def begin(self) -> Iterator[Transaction]:
        with super().begin() as tx:
            yield tx
            tx.write_outbox(timedelta(seconds=1))
            raise ConnectionError("gone")


def test_a_failure_before_the_commit_leaves_nothing(world: World) -> None:
    replies = [world.reply("No thank you."), world.reply("Yes please.")]
    unlucky = _Unlucky(world.uow.engine, source="/cam/classifier", consumer="classifier.reply.received")

    with pytest.raises(ConnectionError):
        reply_received(replies, unlucky)

    assert [world.stored(reply).classification for reply in replies] == [None, None]
    assert (world.guards(), world.emitted()) == (0, [])

    reply_received(replies, world.uow)

    assert [world.stored(reply).classification for reply in replies] == ["NEGATIVE", "POSITIVE"]


def test_the_number_of_statements_does_not_grow_with_the_batch(world: World) -> None:
    assert _statements(world, 1) == _statements(world, 40)


def _statements(world: World, size: int) -> int:
    seen: list[str] = []

    def note(*given: object) -> None:
        seen.append(str(given[2]))

    replies = [world.reply("Kein Interesse") for _ in range(size)]
    listen.listen(world.uow.engine, "before_cursor_execute", note)
    try:
        reply_received(replies, world.uow)
    finally:
        listen.remove(world.uow.engine, "before_cursor_execute", note)
    assert {world.stored(reply).classification for reply in replies} == {"NEGATIVE"}
    return len(seen)


@pytest.mark.parametrize("body", ["", "> " * 5_000, "\u202e\ufeff😀 100 % 'quoted' \\u0000 {\"a\": :b}"])
def test_odd_text_is_classified_like_any_other(world: World, body: str) -> None:
    reply = world.reply(body)
    reply_received([reply], world.uow)
    assert world.stored(reply).classification == "NEUTRAL"


def test_the_classifier_may_write_nothing_else(world: World) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"), world.uow.begin() as tx:
        tx.connection.exec_driver_sql("UPDATE inbound_emails SET body = ''")


def test_an_empty_batch_is_no_error(world: World) -> None:
    reply_received([], world.uow)
    assert world.emitted() == []


def test_a_reply_that_a_person_relabelled_first_is_left_alone_and_not_announced(world: World) -> None:
    said, other = world.reply("No thank you."), world.reply("No thank you.")
    with world.owner.begin() as connection:
        word = {"classification": "POSITIVE", "classification_revision": 1, "relabelled_at": NOON}
        mine = inbound_emails.c.id == said.data.inbound_email_id
        connection.execute(update(inbound_emails).where(mine).values(word))

    reply_received([said, other], world.uow)

    assert (world.stored(said).classification, world.stored(other).classification) == ("POSITIVE", "NEGATIVE")
    (event,) = map(json.loads, world.emitted())
    assert event["data"]["inbound_email_id"] == other.data.inbound_email_id


@pytest.mark.parametrize(
    "statement",
    ["UPDATE inbound_emails SET relabelled_at = NULL", "DELETE FROM relabels", "UPDATE relabels SET note = ''"],
)
def test_the_classifier_may_not_touch_what_people_said(world: World, statement: str) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"), world.uow.begin() as tx:
        tx.connection.exec_driver_sql(statement)
