"""The trace of a chain survives outbox, retries and dead letters, and the guard keeps what led to what."""

import json
from collections.abc import Sequence
from functools import partial
from uuid import UUID

from sqlalchemy import Engine, insert, select

from shared.clock import utc_now
from shared.errors import PermanentError
from shared.events import Envelope, LeadTimeout, ReplyReceived, trace_of, wrap
from shared.events.trace import is_valid
from shared.messaging.topology import depths
from shared.tables import campaigns, handled_events, leads, mailboxes, outbound_emails, outbox
from shared.unit_of_work import UnitOfWork
from tests.messaging.harness import SUBSCRIPTION, Recorder, announce, publish, reply, running, taken
from tests.waiting import eventually

TRACE = UUID("4bf92f35-77b3-4da6-a3ce-929d0e0e4736")


class Listener(Recorder):
    """A recorder that keeps the events it was given."""

    def __call__(self, events: Sequence[Envelope[ReplyReceived]], uow: UnitOfWork) -> None:
        """Keep them, and do what a recorder does."""
        self.heard = [*getattr(self, "heard", []), *events]
        super().__call__(events, uow)


def committed(recorder: Recorder, count: int) -> bool:
    """Tell whether so many events are handled."""
    return len(recorder.committed) == count


def guards(engine: Engine) -> list[tuple[UUID | None, UUID | None, int | None]]:
    """Return trace, cause and attempt of each handled event, by key."""
    guard = handled_events.c
    statement = select(guard.trace_id, guard.causation_id, guard.attempt).order_by(guard.idempotency_key)
    with engine.connect() as connection:
        return [(row.trace_id, row.causation_id, row.attempt) for row in connection.execute(statement)]


def in_outbox(engine: Engine) -> list[dict[str, object]]:
    """Return the envelopes that wait in the outbox, in the order in which they were announced."""
    with engine.connect() as connection:
        return [json.loads(body) for body in connection.execute(select(outbox.c.body).order_by(outbox.c.id)).scalars()]


def an_email(engine: Engine, trace_id: UUID | None) -> int:
    """Queue an e-mail that belongs to this trace; return its id."""
    with engine.begin() as connection:
        box = connection.scalar(insert(mailboxes).values(name="m", address="m@example.com").returning(mailboxes.c.id))
        campaign = connection.scalar(insert(campaigns).values(name="c", mailbox_id=box).returning(campaigns.c.id))
        lead = connection.scalar(insert(leads).values(campaign_id=campaign, email="l@x.com").returning(leads.c.id))
        row = {"campaign_id": campaign, "lead_id": lead, "mailbox_id": box, "position": 1, "silence_days": 1}
        queue = insert(outbound_emails).values(**row, trace_id=trace_id).returning(outbound_emails.c.id)
        return int(connection.scalar(queue) or 0)


def test_the_guard_keeps_trace_cause_and_attempt(engine: Engine, broker_url: str) -> None:
    cause = wrap(reply(1), source="/test", time=utc_now())
    effect = wrap(reply(2), source="/test", time=utc_now(), cause=cause)
    recorder = Recorder(lambda number, tries: RuntimeError("not yet") if (number, tries) == (2, 1) else None)
    with running(engine, broker_url, recorder):
        for number, event in enumerate((cause, effect), start=1):
            publish(broker_url, event.to_bytes())
            eventually(partial(committed, recorder, number))
    trace_id = trace_of(cause.traceparent)
    assert guards(engine) == [(trace_id, None, 1), (trace_id, cause.id, 2)]


def test_the_traceparent_survives_outbox_retry_and_dead_letter(engine: Engine, broker_url: str) -> None:
    listener = Listener(lambda _, tries: RuntimeError("not yet") if tries == 1 else PermanentError("never"))
    announce(engine, reply(1))
    (announced,) = in_outbox(engine)
    with running(engine, broker_url, listener):
        eventually(lambda: depths(broker_url)[SUBSCRIPTION.dead_letters] == 1)
    (letter,) = taken(broker_url, SUBSCRIPTION.dead_letters)
    assert json.loads(letter.body) == announced
    assert [event.traceparent for event in listener.heard] == [announced["traceparent"]] * 2


def test_a_dead_letter_that_is_given_back_goes_on_with_its_trace(engine: Engine, broker_url: str) -> None:
    listener = Listener(lambda _, tries: PermanentError("not yet") if tries == 1 else None)
    announce(engine, reply(1))
    with running(engine, broker_url, listener):
        eventually(lambda: depths(broker_url)[SUBSCRIPTION.dead_letters] == 1)
        (letter,) = taken(broker_url, SUBSCRIPTION.dead_letters)
        publish(broker_url, letter.body, headers=letter.headers)
        eventually(lambda: listener.committed == [1])
    first, again = listener.heard
    assert first.traceparent == again.traceparent
    assert guards(engine) == [(trace_of(first.traceparent), None, 1)]


def test_a_malformed_trace_or_cause_harms_nobody(engine: Engine, broker_url: str) -> None:
    recorder = Recorder()
    spoilt = wrap(reply(1), source="/test", time=utc_now()).to_json() | {"traceparent": "x" * 99, "causationid": "y"}
    with running(engine, broker_url, recorder):
        publish(broker_url, json.dumps(spoilt).encode())
        eventually(lambda: recorder.committed == [1])
    ((trace_id, cause, attempt),) = guards(engine)
    assert trace_id is not None
    assert (cause, attempt) == (None, 1)


def test_a_chain_that_begins_at_an_e_mail_goes_on_with_its_trace(engine: Engine) -> None:
    number = an_email(engine, TRACE)
    answer = reply(1).model_copy(update={"outbound_email_id": number})
    announce(engine, LeadTimeout(outbound_email_id=number, lead_id=1, campaign_id=1), answer, reply(2))
    traces = [trace_of(str(envelope["traceparent"])) for envelope in in_outbox(engine)]
    assert traces[:2] == [TRACE, TRACE]
    assert traces[2] != TRACE


def test_what_an_event_led_to_goes_on_with_that_event_s_trace_whatever_e_mail_it_tells_of(engine: Engine) -> None:
    number = an_email(engine, TRACE)
    cause = wrap(reply(1), source="/test", time=utc_now())
    with UnitOfWork(engine, source="/test").begin() as tx:
        tx.emit(LeadTimeout(outbound_email_id=number, lead_id=1, campaign_id=1), cause=cause)
    (envelope,) = in_outbox(engine)
    assert trace_of(str(envelope["traceparent"])) == trace_of(cause.traceparent)


def test_an_e_mail_without_a_trace_begins_a_new_one(engine: Engine) -> None:
    number = an_email(engine, None)
    announce(engine, LeadTimeout(outbound_email_id=number, lead_id=1, campaign_id=1))
    (envelope,) = in_outbox(engine)
    assert is_valid(envelope["traceparent"])
