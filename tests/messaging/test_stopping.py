"""A clean stop under load: nothing is lost, nothing is done twice, and nothing is given back."""

import threading
from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import Engine

from shared.events import Envelope, ReplyReceived
from shared.messaging.runtime import Runtime
from shared.messaging.topology import depths
from shared.unit_of_work import UnitOfWork
from tests.messaging.harness import SUBSCRIPTION, Recorder, announce, reply, running, taken
from tests.waiting import eventually

_WAITING = 2_000
_BEFORE_THE_STOP = 100


class _StopsWhileBusy:
    """A handler that begins when a queue is full, and asks for the stop while much of it is left."""

    def __init__(self) -> None:
        self.full, self.recorder = threading.Event(), Recorder()
        self.runtime: Runtime | None = None

    def __call__(self, events: Sequence[Envelope[ReplyReceived]], uow: UnitOfWork) -> None:
        assert self.full.wait(30)
        self.recorder(events, uow)
        if self.runtime and len(self.recorder.committed) > _BEFORE_THE_STOP:
            self.runtime.request_stop()


@pytest.mark.parametrize("attempt", range(5))
def test_a_stop_under_load_gives_nothing_back(engine: Engine, broker_url: str, attempt: int) -> None:
    announce(engine, *map(reply, range(1, _WAITING + 1)))
    handler = _StopsWhileBusy()
    with running(engine, broker_url, handler, batch_size=5 * (attempt + 1)) as handler.runtime:
        eventually(lambda: depths(broker_url)[SUBSCRIPTION.queue] > _WAITING / 2)
        handler.full.set()
        eventually(lambda: len(handler.recorder.committed) > _BEFORE_THE_STOP)
    left = taken(broker_url, SUBSCRIPTION.queue)
    assert left, "all was handled before the stop"
    assert not any(message.redelivered for message in left)


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
