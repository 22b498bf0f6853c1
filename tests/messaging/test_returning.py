"""Dead letters that go back, by our tool or by the console's shovel, lose nothing and do nothing twice."""

import asyncio
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from aio_pika.abc import HeadersType
from sqlalchemy import Engine, func, select

from shared.errors import OutageError, PermanentError
from shared.messaging.dead_letters import Letter, Order, Pace, discard, give_back
from shared.messaging.passes import WINDOW
from shared.messaging.topology import RETRY_SECONDS, depths
from shared.tables import handled_events
from tests.endpoints import Broker
from tests.messaging.harness import SUBSCRIPTION, Recorder, running, taken
from tests.messaging.letters import letters, publish_to, put_away, replies
from tests.messaging.shovel import move
from tests.waiting import eventually

ROOT = Path(__file__).parents[2]
WORK, DEAD = SUBSCRIPTION.queue, SUBSCRIPTION.dead_letters
EXHAUSTED = len(RETRY_SECONDS) + 1


def replay(amqp_url: str, chosen: list[Letter]) -> list[str]:
    """Give letters back with our own tool; return the ids that were confirmed."""
    told: list[str] = []
    order = Order(SUBSCRIPTION, {letter.id for letter in chosen})
    give_back(amqp_url, order, replay_id=7, told=lambda safe: told.extend(letter.id for letter in safe))
    return told


def handled(engine: Engine) -> int:
    with engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(handled_events)) or 0


def test_a_letter_goes_back_with_its_body_and_no_header_but_since_when_and_which_replay(broker_url: str) -> None:
    death = {"reason": "delivery_limit", "queue": WORK, "count": 1, "time": datetime(2026, 1, 1, tzinfo=UTC)}
    headers: HeadersType = {
        "x-death": [death],  # type: ignore[list-item]
        "x-first-death-queue": WORK,
        "x-delivery-count": 9,
        "x-cam-attempt": EXHAUSTED,
        "x-cam-exception": "KeyError: 1",
        "x-cam-first-failed-at": "2026-01-01T00:00:00+00:00",
    }
    bodies = replies([1])
    asyncio.run(publish_to(broker_url, DEAD, bodies, headers))
    (letter,) = letters(broker_url)
    assert replay(broker_url, [letter]) == [letter.id]
    (message,) = taken(broker_url, WORK)
    assert message.body == bodies[0]
    assert message.message_id == letter.event_id
    # A quorum queue adds its own count.
    assert {name: value for name, value in message.headers.items() if name != "x-delivery-count"} == {
        "x-cam-replay": 7,
        "x-cam-replayed-letter": letter.id,
        "x-cam-first-failed-at": "2026-01-01T00:00:00+00:00",
    }
    assert depths(broker_url)[DEAD] == 0


def test_a_crash_between_the_confirmation_and_the_acknowledgement_does_nothing_twice(
    engine: Engine, broker_url: str
) -> None:
    put_away(broker_url, replies(range(1, 11)))
    program = (
        "import os, sys\n"
        "from shared.messaging.dead_letters import Order, give_back\n"
        "from tests.messaging.harness import SUBSCRIPTION\n"
        "order = Order(SUBSCRIPTION, set(sys.argv[2:]))\n"
        "give_back(sys.argv[1], order, replay_id=1, told=lambda safe: os._exit(9))\n"
    )
    ids = [letter.id for letter in letters(broker_url)]
    killed = subprocess.run([sys.executable, "-c", program, broker_url, *ids], cwd=ROOT, check=False, timeout=30)
    assert killed.returncode == 9
    eventually(lambda: (depths(broker_url)[WORK], depths(broker_url)[DEAD]) == (10, 10))
    recorder = Recorder()
    with running(engine, broker_url, recorder):
        eventually(lambda: len(recorder.committed) == 10)
        assert replay(broker_url, letters(broker_url)) == ids
        eventually(lambda: not any(depths(broker_url).values()))
    assert sorted(recorder.committed) == list(range(1, 11))


def test_copies_of_one_event_are_given_back_without_mixing_up_their_confirmations(
    engine: Engine, broker_url: str
) -> None:
    for number in (1, 1, 2, 1, 2, 2):
        put_away(broker_url, replies([number]), letter=f"copy-{len(letters(broker_url))}")
    found = letters(broker_url)
    assert replay(broker_url, found) == [letter.id for letter in found]
    assert depths(broker_url)[DEAD] == 0
    recorder = Recorder()
    with running(engine, broker_url, recorder):
        eventually(lambda: sorted(recorder.committed) == [1, 2])


def test_more_letters_than_are_on_their_way_at_once_can_be_taken_in_one_pass(broker_url: str) -> None:
    bodies = replies(range(1, 3 * WINDOW))
    put_away(broker_url, bodies)
    found = letters(broker_url)
    chosen = [letter for letter in found if letter.position % 7]
    assert replay(broker_url, chosen) == [letter.id for letter in chosen]
    assert [letter.body for letter in letters(broker_url)] == [
        letter.body for letter in found if not letter.position % 7
    ]
    assert depths(broker_url)[WORK] == len(chosen)


def test_a_work_queue_that_is_missing_keeps_the_letter_where_it_is(broker: Broker, broker_url: str) -> None:
    # Of two copies under way together, a return might be taken for the other's.
    put_away(broker_url, replies([1]), letter="copy-1")
    put_away(broker_url, replies([1]), letter="copy-2")
    before = letters(broker_url)
    vhost = broker_url.rpartition("/")[2]
    httpx.delete(f"{broker.management_url}/api/queues/{vhost}/{WORK}").raise_for_status()
    with pytest.raises(OutageError):
        replay(broker_url, before)
    assert letters(broker_url) == before


def test_a_discarded_letter_is_gone_and_the_others_keep_their_places(broker_url: str) -> None:
    bodies = replies(range(1, 11))
    put_away(broker_url, bodies)
    chosen = {letter.id for letter in letters(broker_url)[2:5]}
    discard(broker_url, Order(SUBSCRIPTION, chosen), told=lambda _letters: None)
    assert [message.body for message in taken(broker_url, DEAD)] == bodies[:2] + bodies[5:]
    assert depths(broker_url)[WORK] == 0


def test_what_the_consoles_shovel_moves_back_is_handled_once(engine: Engine, broker: Broker, broker_url: str) -> None:
    put_away(broker_url, replies(range(1, 101)), attempt=EXHAUSTED, reason="attempts_exhausted")
    recorder = Recorder()
    with running(engine, broker_url, recorder):
        move(broker, broker_url, DEAD, WORK)
        eventually(lambda: len(recorder.committed) == 100)
        # The same letters once more, as after a shovel that was killed.
        put_away(broker_url, replies(range(1, 101)))
        move(broker, broker_url, DEAD, WORK)
        eventually(lambda: sum(recorder.tries.values()) >= 200 and not any(depths(broker_url).values()))
    assert sorted(recorder.committed) == list(range(1, 101))
    assert handled(engine) == 100


def test_what_the_shovel_moves_back_has_its_ladder_again_and_returns_as_a_new_letter(
    engine: Engine, broker: Broker, broker_url: str
) -> None:
    fates = {1: RuntimeError("not yet"), 2: PermanentError("never")}
    recorder = Recorder(lambda number, tries: fates[number] if number == 2 or tries == 1 else None)
    put_away(broker_url, replies([1, 2]), attempt=EXHAUSTED, reason="attempts_exhausted", letter="old")
    with running(engine, broker_url, recorder):
        move(broker, broker_url, DEAD, WORK)
        eventually(lambda: recorder.committed == [1])
        eventually(lambda: depths(broker_url)[DEAD] == 1)
    (letter,) = letters(broker_url)
    assert (letter.exception, letter.attempts) == ("PermanentError: never", 1)
    assert letter.id != "old"
    assert recorder.tries == {1: 2, 2: 1}


def test_what_the_shovel_moves_back_climbs_its_ladder_and_is_not_tried_for_ever(
    engine: Engine, broker: Broker, broker_url: str
) -> None:
    put_away(broker_url, replies([1]), attempt=EXHAUSTED, letter="old")
    recorder = Recorder(lambda _number, _tries: RuntimeError("not yet"))
    with running(engine, broker_url, recorder):
        move(broker, broker_url, DEAD, WORK)
        eventually(lambda: depths(broker_url)[SUBSCRIPTION.retry(RETRY_SECONDS[1])] == 1)


def test_what_the_broker_put_away_itself_can_be_moved_back_by_the_shovel(
    engine: Engine, broker: Broker, broker_url: str
) -> None:
    death = {"reason": "delivery_limit", "queue": WORK, "count": 1, "exchange": "", "routing-keys": [WORK]}
    headers: HeadersType = {"x-death": [death], "x-first-death-reason": "delivery_limit"}  # type: ignore[list-item]
    asyncio.run(publish_to(broker_url, DEAD, replies([1, 2]), headers))
    recorder = Recorder(lambda _number, tries: RuntimeError("not yet") if tries == 1 else None)
    with running(engine, broker_url, recorder):
        move(broker, broker_url, DEAD, WORK)
        eventually(lambda: sorted(recorder.committed) == [1, 2])


def test_a_rate_lets_events_leave_one_by_one(broker_url: str) -> None:
    put_away(broker_url, replies(range(1, 6)))
    flights: list[int] = []
    moments: list[float] = []

    def note(safe: Sequence[Letter]) -> None:
        flights.append(len(safe))
        moments.append(time.monotonic())

    order = Order(SUBSCRIPTION, {letter.id for letter in letters(broker_url)}, Pace(rate=5))
    give_back(broker_url, order, replay_id=1, told=note)
    assert flights == [1] * 5
    # Not a speed: four events a fifth of a second apart can't have left sooner.
    assert moments[-1] - moments[0] > 0.7


def test_a_stop_between_two_flights_leaves_the_rest_where_it_is(broker_url: str) -> None:
    bodies = replies(range(1, 6))
    put_away(broker_url, bodies)
    told: list[Letter] = []
    ids = {letter.id for letter in letters(broker_url)}
    order = Order(SUBSCRIPTION, ids, Pace(rate=10), stopped=lambda: len(told) == 2)
    give_back(broker_url, order, replay_id=1, told=told.extend)
    assert [message.body for message in taken(broker_url, WORK)] == bodies[:2]
    assert [message.body for message in taken(broker_url, DEAD)] == bodies[2:]
