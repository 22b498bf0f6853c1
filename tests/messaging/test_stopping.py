"""A clean stop under load: nothing is lost, nothing is done twice, and nothing is given back."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import count
from typing import Any

from sqlalchemy import Engine

from shared.events import Envelope, ReplyReceived
from shared.unit_of_work import UnitOfWork
from tests.messaging.harness import SUBSCRIPTION, Recorder, announce, reply, running, taken
from tests.waiting import eventually

_ROUNDS = 3
_AT_ONCE = 200


class _Busy:
    """Announces replies without end, as fast as the database takes them."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._numbers = count(1)
        self._stop = threading.Event()

    def run(self) -> None:
        while not self._stop.is_set():
            announce(self._engine, *(reply(next(self._numbers)) for _ in range(_AT_ONCE)))

    @contextmanager
    def announcing(self) -> Iterator[None]:
        self._stop.clear()
        thread = threading.Thread(target=self.run)
        thread.start()
        try:
            yield
        finally:
            self._stop.set()
            thread.join()


def _has_handled(recorder: Recorder, number: int) -> bool:
    return len(recorder.committed) > number


def test_a_stop_under_load_gives_nothing_back(engine: Engine, broker_url: str) -> None:
    busy, given_back = _Busy(engine), 0
    for _ in range(_ROUNDS):
        recorder = Recorder()
        with busy.announcing(), running(engine, broker_url, recorder, batch_size=20) as runtime:
            eventually(partial(_has_handled, recorder, _AT_ONCE))
            runtime.request_stop()
        left = taken(broker_url, SUBSCRIPTION.queue)
        assert left, "the load ended before the stop"
        given_back += sum(bool(message.redelivered) for message in left)
    assert given_back == 0


def test_a_stop_is_not_held_up_by_a_queue_that_fills_while_a_handler_is_slow(engine: Engine, broker_url: str) -> None:
    began, go_on, recorder = threading.Event(), threading.Event(), Recorder()

    def slow(events: Sequence[Envelope[ReplyReceived]], uow: UnitOfWork) -> None:
        began.set()
        go_on.wait(5)
        recorder(events, uow)

    announce(engine, *map(reply, range(1, 101)))
    with running(engine, broker_url, slow, batch_size=5) as runtime:
        assert began.wait(10)
        runtime.request_stop()
        go_on.set()
    left: list[Any] = taken(broker_url, SUBSCRIPTION.queue)
    assert len(recorder.committed) + len(left) == 100
    assert not any(message.redelivered for message in left)
