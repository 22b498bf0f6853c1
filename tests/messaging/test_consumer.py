"""Deliveries are handled once, tried again when it may help, and put away when it can't."""

import json
import threading
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import Engine, func, select

from shared.clock import utc_now
from shared.errors import OutageError, PermanentError
from shared.events import Envelope, ReplyReceived, wrap
from shared.messaging.topology import RETRY_SECONDS, depths
from shared.tables import dead_letters, handled_events, outbox
from shared.unit_of_work import UnitOfWork
from tests.messaging.harness import SUBSCRIPTION, Recorder, announce, publish, reply, running, taken
from tests.waiting import eventually


def body(number: int, *, age: timedelta = timedelta(0)) -> bytes:
    """Return the wire form of a reply's event."""
    return json.dumps(wrap(reply(number), source="/test", time=utc_now() - age).to_json()).encode()


def test_an_event_that_arrives_twice_is_handled_once(engine: Engine, broker_url: str) -> None:
    recorder = Recorder()
    with running(engine, broker_url, recorder):
        for _ in range(3):
            publish(broker_url, body(1))
        publish(broker_url, body(2))
        eventually(lambda: sum(recorder.tries.values()) == 4)
    assert sorted(recorder.committed) == [1, 2]
    assert not any(depths(broker_url).values())


def test_what_was_announced_is_published_and_its_outbox_row_deleted(engine: Engine, broker_url: str) -> None:
    recorder = Recorder()
    announce(engine, *map(reply, range(1, 501)))
    with running(engine, broker_url, recorder):
        eventually(lambda: len(recorder.committed) == 500)
    assert sorted(recorder.committed) == list(range(1, 501))
    with engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(outbox)) == 0


def test_one_bad_event_harms_no_other_of_its_batch(engine: Engine, broker_url: str) -> None:
    recorder = Recorder(lambda number, _: PermanentError("poison") if number == 33 else None)
    announce(engine, *map(reply, range(1, 101)))
    with running(engine, broker_url, recorder):
        eventually(lambda: len(recorder.committed) == 99)
        eventually(lambda: depths(broker_url)[SUBSCRIPTION.dead_letters] == 1)
    assert set(range(1, 101)) - set(recorder.committed) == {33}


def test_an_error_that_may_pass_is_tried_again_after_the_first_delay(engine: Engine, broker_url: str) -> None:
    recorder = Recorder(lambda _, tries: RuntimeError("not yet") if tries == 1 else None)
    announce(engine, reply(1))
    with running(engine, broker_url, recorder):
        eventually(lambda: recorder.committed == [1])
    assert recorder.tries[1] == 2
    assert depths(broker_url)[SUBSCRIPTION.dead_letters] == 0


def test_a_permanent_error_is_a_dead_letter_at_once_with_all_that_explains_it(engine: Engine, broker_url: str) -> None:
    recorder = Recorder(lambda _number, _tries: PermanentError("no such e-mail"))
    announce(engine, reply(7))
    with running(engine, broker_url, recorder):
        eventually(lambda: depths(broker_url)[SUBSCRIPTION.dead_letters] == 1)
    (letter,) = taken(broker_url, SUBSCRIPTION.dead_letters)
    assert recorder.tries[7] == 1
    assert letter.headers["x-cam-exception"] == "PermanentError: no such e-mail"
    assert letter.headers["x-cam-service"] == "classifier"
    assert str(letter.headers["x-cam-line"]).startswith("harness.py:")
    with engine.connect() as connection:
        (row,) = connection.execute(select(dead_letters)).all()
    assert (row.service, row.reason, row.attempts) == ("classifier", "permanent", 1)


def test_the_last_attempt_of_the_ladder_ends_in_the_dead_letters(engine: Engine, broker_url: str) -> None:
    recorder = Recorder(lambda _number, _tries: RuntimeError("still not"))
    with running(engine, broker_url, recorder):
        publish(broker_url, body(1), headers={"x-cam-attempt": len(RETRY_SECONDS) + 1})
        eventually(lambda: depths(broker_url)[SUBSCRIPTION.dead_letters] == 1)
    (letter,) = taken(broker_url, SUBSCRIPTION.dead_letters)
    assert letter.headers["x-cam-reason"] == "attempts_exhausted"


def test_an_event_that_breaks_its_contract_is_a_dead_letter_at_once(engine: Engine, broker_url: str) -> None:
    recorder = Recorder()
    with running(engine, broker_url, recorder):
        publish(broker_url, b"not even JSON")
        publish(broker_url, body(1).replace(b'"uid":1', b'"uid":-1').replace(b'"uid": 1', b'"uid": -1'))
        publish(broker_url, body(2))
        eventually(lambda: depths(broker_url)[SUBSCRIPTION.dead_letters] == 2)
        eventually(lambda: recorder.committed == [2])
    reasons = {letter.headers["x-cam-reason"] for letter in taken(broker_url, SUBSCRIPTION.dead_letters)}
    assert reasons == {"schema_invalid"}


def test_an_event_older_than_any_guard_is_not_handled_but_put_away(engine: Engine, broker_url: str) -> None:
    recorder = Recorder()
    with running(engine, broker_url, recorder):
        publish(broker_url, body(1, age=timedelta(days=90, minutes=1)))
        publish(broker_url, body(2, age=timedelta(days=89)))
        eventually(lambda: depths(broker_url)[SUBSCRIPTION.dead_letters] == 1)
        eventually(lambda: recorder.committed == [2])
    (letter,) = taken(broker_url, SUBSCRIPTION.dead_letters)
    assert letter.headers["x-cam-reason"] == "too_old"
    assert 1 not in recorder.tries


def test_an_outage_burns_no_attempt_and_fills_no_dead_letters(engine: Engine, broker_url: str) -> None:
    recorder = Recorder(lambda _number, tries: OutageError("SMTP is away") if tries <= 3 else None)
    announce(engine, reply(1))
    with running(engine, broker_url, recorder):
        eventually(lambda: recorder.committed == [1])
    waiting = depths(broker_url)
    assert recorder.tries[1] == 4
    assert not any(waiting.values())


def test_a_handler_that_commits_nothing_is_found_out(engine: Engine, broker_url: str) -> None:
    def forgetful(_events: Sequence[Envelope[ReplyReceived]], _uow: UnitOfWork) -> None:
        """Return as if all was done."""

    announce(engine, reply(1))
    with running(engine, broker_url, forgetful):
        eventually(lambda: depths(broker_url)[SUBSCRIPTION.dead_letters] == 1)


def test_a_stop_finishes_what_is_in_flight_and_gives_nothing_back(engine: Engine, broker_url: str) -> None:
    began, go_on = threading.Event(), threading.Event()
    recorder = Recorder()

    def slow(events: Sequence[Envelope[ReplyReceived]], uow: UnitOfWork) -> None:
        began.set()
        go_on.wait(5)
        recorder(events, uow)

    announce(engine, *map(reply, range(1, 11)))
    with running(engine, broker_url, slow, batch_size=5) as runtime:
        assert began.wait(10)
        # The broker counts what is ready: now all ten have been delivered, and some wait behind the running handler.
        eventually(lambda: depths(broker_url)[SUBSCRIPTION.queue] == 0)
        runtime.request_stop()
        go_on.set()
    assert sorted(recorder.committed) == list(range(1, 11))
    assert not any(depths(broker_url).values())
    with engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(handled_events)) == len(recorder.committed)
