"""Links that swallow everything and acknowledge it: only silence tells that nobody is there any more."""

import asyncio
from collections.abc import Iterator
from typing import cast
from urllib.parse import urlsplit

import aio_pika
import pytest
from aiormq.channel import Channel
from sqlalchemy import Engine

from chaos.proxy import HOST, Proxy
from shared.events import ReplyReceived
from shared.messaging import connection, flights
from shared.messaging.flights import fly
from shared.messaging.jobs import Job
from shared.messaging.topology import EXCHANGE, depths
from shared.unit_of_work import OutboxRow, UnitOfWork
from tests.messaging.harness import SUBSCRIPTION, Recorder, announce, reply, running
from tests.waiting import eventually

# Three silent intervals of the broker's heartbeat and some more; then everything is connected anew.
NOTICED_SECONDS = 45


@pytest.fixture
def link(broker_url: str) -> Iterator[tuple[Proxy, str]]:
    """Stand before the broker; the URL leads through the proxy."""
    parts = urlsplit(broker_url)
    with Proxy((parts.hostname or HOST, parts.port or 5672)) as proxy:
        login, _, _ = parts.netloc.rpartition("@")
        yield proxy, parts._replace(netloc=f"{login}@{HOST}:{proxy.port}").geturl()


def test_a_broker_that_falls_silent_is_left_and_found_again(engine: Engine, link: tuple[Proxy, str]) -> None:
    proxy, through = link
    recorder = Recorder()
    announce(engine, reply(1))
    with running(engine, through, recorder):
        eventually(lambda: recorder.committed == [1])
        proxy.half_open()
        announce(engine, reply(2))
        eventually(lambda: proxy.unheard >= 2)
        proxy.clear()
        eventually(lambda: recorder.committed == [1, 2], deadline_seconds=NOTICED_SECONDS)


def test_a_database_that_falls_silent_hangs_no_job_handler_or_heartbeat(engine: Engine, broker_url: str) -> None:
    behind = engine.url
    recorder, runs = Recorder(), [0]

    def look(uow: UnitOfWork) -> None:
        with uow.begin():
            pass
        runs[0] += 1

    with Proxy((behind.host or HOST, behind.port or 5432)) as proxy:
        through = behind.set(host=HOST, port=proxy.port)
        with running(engine, broker_url, recorder, jobs=[Job("look", 0.1, look)], through=through, answer_seconds=3):
            announce(engine, reply(1))
            eventually(lambda: recorder.committed == [1] and runs[0] > 1)
            proxy.half_open()
            announce(engine, reply(2))
            eventually(lambda: proxy.unheard >= 3)
            proxy.clear()
            before = runs[0]
            eventually(lambda: recorder.committed == [1, 2] and runs[0] > before + 1, deadline_seconds=20)
    assert recorder.tries[2] <= 2


def test_a_flight_ends_with_its_connection_and_does_not_wait_for_confirmations(link: tuple[Proxy, str]) -> None:
    proxy, through = link

    async def cut_off() -> dict[int, BaseException]:
        async with await aio_pika.connect(through) as broker:
            channel = cast(Channel, await (await broker.channel()).get_underlay_channel())
            proxy.half_open()
            rows = [OutboxRow(number, f"event-{number}", ReplyReceived.type, b"{}") for number in (1, 2)]
            flight = asyncio.create_task(fly(channel, EXCHANGE, rows))
            await asyncio.to_thread(eventually, lambda: proxy.unheard >= 1)
            proxy.reset()
            return await flight

    errors = asyncio.run(cut_off())
    assert list(errors) == [1, 2]
    # A flight that waits for what can't come any more ends with a TimeoutError.
    assert [error for error in errors.values() if isinstance(error, TimeoutError)] == []


@pytest.mark.timeout(60)
def test_what_was_not_confirmed_in_time_leaves_through_another_connection_long_before_a_heartbeat_is_missed(
    engine: Engine, link: tuple[Proxy, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flights, "_CONFIRM_SECONDS", 1)
    monkeypatch.setattr(connection, "HEARTBEAT_SECONDS", 600)
    proxy, through = link
    with running(engine, through, Recorder(), name="sender"):
        announce(engine, reply(1))
        eventually(lambda: depths(through)[SUBSCRIPTION.queue] == 1)
        proxy.half_open()
        announce(engine, reply(2))
        eventually(lambda: proxy.unheard >= 1)
        proxy.clear()
        eventually(lambda: depths(through)[SUBSCRIPTION.queue] == 2, deadline_seconds=30)
        proxy.reset()  # The consumer's link is silent still, and a stop would wait to take leave of it.
