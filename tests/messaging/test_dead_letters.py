"""Looking at dead letters is harmless, whoever looks, and shows everything that is known of them."""

import asyncio
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aio_pika
import httpx
import pytest
from aio_pika.abc import AbstractIncomingMessage
from sqlalchemy import Engine, select

from shared.errors import ConfigurationError, OutageError, PermanentError
from shared.messaging.dead_letters import Letter, look
from shared.messaging.passes import WINDOW
from shared.messaging.topology import DELIVERY_LIMIT, depths
from shared.tables import dead_letters
from tests.endpoints import Broker
from tests.messaging.harness import SUBSCRIPTION, Recorder, announce, reply, running, taken
from tests.messaging.letters import letters, put_away, replies
from tests.waiting import eventually

ROOT = Path(__file__).parents[2]
QUEUE = SUBSCRIPTION.dead_letters
LOOKS = 100


def as_they_lie(amqp_url: str) -> list[bytes]:
    """Return the bodies in the order of the queue, by taking them out."""
    return [message.body for message in taken(amqp_url, QUEUE)]


def first(amqp_url: str, count: int) -> list[bytes]:
    """Look at the first letters only."""
    seen: list[bytes] = []

    def note(letter: Letter) -> bool:
        seen.append(letter.body)
        return len(seen) < count

    look(amqp_url, SUBSCRIPTION, note)
    return seen


def console_gets(broker: Broker, amqp_url: str, count: int) -> list[str]:
    """Look as the management console's 'Get messages' does."""
    vhost = amqp_url.rpartition("/")[2]
    wish = {"count": count, "ackmode": "reject_requeue_true", "encoding": "auto"}
    answer = httpx.post(f"{broker.management_url}/api/queues/{vhost}/{QUEUE}/get", json=wish)
    answer.raise_for_status()
    return [str(message["payload"]) for message in answer.json()]


def test_a_hundred_looks_leave_every_letter_in_its_place(broker_url: str) -> None:
    bodies = replies(range(1, 41))
    put_away(broker_url, bodies)
    seen = [[letter.body for letter in letters(broker_url)] for _ in range(LOOKS)]
    assert seen == [bodies] * LOOKS
    assert as_they_lie(broker_url) == bodies


def test_a_hundred_looks_with_the_console_leave_every_letter_in_its_place(broker: Broker, broker_url: str) -> None:
    bodies = replies(range(1, 6))
    put_away(broker_url, bodies)
    for _ in range(LOOKS):
        # What was just returned takes the broker a moment.
        eventually(lambda: console_gets(broker, broker_url, 5) == [body.decode() for body in bodies])
    assert [letter.body for letter in letters(broker_url)] == bodies
    assert as_they_lie(broker_url) == bodies


def test_looks_of_two_kinds_and_a_look_that_stops_early_disturb_no_order(broker: Broker, broker_url: str) -> None:
    bodies = replies(range(1, WINDOW + 150))
    put_away(broker_url, bodies)
    for _ in range(5):
        assert first(broker_url, 7) == bodies[:7]
        console_gets(broker, broker_url, 20)
    assert [letter.body for letter in letters(broker_url)] == bodies
    assert as_they_lie(broker_url) == bodies


def test_a_look_whose_process_is_killed_gives_everything_back(broker_url: str) -> None:
    bodies = replies(range(1, 31))
    put_away(broker_url, bodies)
    program = (
        "import os, sys\n"
        "from shared.messaging.dead_letters import look\n"
        "from tests.messaging.harness import SUBSCRIPTION\n"
        "look(sys.argv[1], SUBSCRIPTION, lambda letter: letter.position < 20 or os._exit(9))\n"
    )
    killed = subprocess.run([sys.executable, "-c", program, broker_url], cwd=ROOT, check=False, timeout=30)
    assert killed.returncode == 9
    eventually(lambda: [letter.body for letter in letters(broker_url)] == bodies)


def test_two_looks_at_once_both_see_everything(broker_url: str) -> None:
    bodies = replies(range(1, 401))
    put_away(broker_url, bodies)
    seen: list[list[bytes]] = []
    threads = [threading.Thread(target=lambda: seen.append([one.body for one in letters(broker_url)])) for _ in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert seen == [bodies, bodies]


def test_a_letter_tells_what_the_kernel_wrote_of_its_failure(engine: Engine, broker_url: str) -> None:
    began = datetime.now(UTC) - timedelta(seconds=1)
    announce(engine, reply(7))
    with running(engine, broker_url, Recorder(lambda _number, _tries: PermanentError("no such e-mail"))):
        eventually(lambda: depths(broker_url)[QUEUE] == 1)
    with engine.connect() as connection:
        (row,) = connection.execute(select(dead_letters)).all()
    (letter,) = letters(broker_url)
    assert (letter.id, letter.event_id) == (row.letter_id, row.event_id)
    assert (letter.service, letter.event_type, letter.queue) == ("classifier", "reply.received", SUBSCRIPTION.queue)
    assert (letter.reason, letter.exception) == ("permanent", "PermanentError: no such e-mail")
    assert letter.line.startswith("harness.py:")
    assert (letter.attempts, letter.position, letter.replay_id) == (1, 1, None)
    assert letter.first_failed_at == letter.last_failed_at
    assert letter.last_failed_at
    assert letter.last_failed_at > began


async def rejected_for_ever(amqp_url: str) -> None:
    """Take the one message of the work queue and give it back, until the broker has had enough."""
    async with await aio_pika.connect(amqp_url) as connection:
        channel = await connection.channel()
        await channel.default_exchange.publish(aio_pika.Message(b"?"), SUBSCRIPTION.queue)
        queue = await channel.get_queue(SUBSCRIPTION.queue, ensure=False)
        arrived: asyncio.Queue[AbstractIncomingMessage] = asyncio.Queue()
        await queue.consume(arrived.put)
        for _ in range(DELIVERY_LIMIT + 1):
            await (await arrived.get()).reject(requeue=True)


def test_a_letter_that_the_broker_itself_put_away_tells_why(broker_url: str) -> None:
    asyncio.run(rejected_for_ever(broker_url))
    (letter,) = eventually(lambda: letters(broker_url))
    assert (letter.reason, letter.exception, letter.body) == ("delivery_limit", "", b"?")
    assert letter.last_failed_at
    assert [letter] == letters(broker_url)


def test_a_missing_queue_and_a_missing_broker_are_told_in_one_line(amqp_url: str) -> None:
    with pytest.raises(ConfigurationError, match=r"no queue classifier\.reply\.received\.dlq: run cam setup"):
        letters(amqp_url)
    with pytest.raises(OutageError):
        letters("amqp://guest:guest@127.0.0.1:1/")
