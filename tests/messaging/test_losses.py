"""Connections that break, processes that die, and what a crash leaves behind."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from sqlalchemy import Engine, func, select

from shared.clock import utc_now
from shared.events import Envelope, Event, ReplyReceived
from shared.messaging.runtime import Job
from shared.messaging.topology import depths
from shared.tables import handled_events, heartbeats, outbox
from shared.unit_of_work import UnitOfWork
from tests.endpoints import Broker
from tests.messaging.harness import SUBSCRIPTION, Recorder, announce, reply, running, taken
from tests.waiting import eventually

ROOT = Path(__file__).parents[2]


def test_a_connection_lost_while_a_handler_runs_does_nothing_twice(
    engine: Engine, broker: Broker, broker_url: str
) -> None:
    began, go_on = threading.Event(), threading.Event()
    recorder = Recorder()

    def slow(events: Sequence[Envelope[ReplyReceived]], uow: UnitOfWork) -> None:
        began.set()
        go_on.wait(10)
        recorder(events, uow)

    announce(engine, *map(reply, range(1, 21)))
    with running(engine, broker_url, slow):
        assert began.wait(10)
        eventually(lambda: broker.close_connections(broker_url) >= 2)
        go_on.set()
        eventually(lambda: sorted(set(recorder.committed)) == list(range(1, 21)), deadline_seconds=20)
        eventually(lambda: depths(broker_url)[SUBSCRIPTION.queue] == 0)
    assert len(recorder.committed) == 20
    with engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(handled_events)) == 20


def test_a_service_consumes_again_by_itself_after_its_connections_were_closed(
    engine: Engine, broker: Broker, broker_url: str
) -> None:
    recorder = Recorder()
    announce(engine, reply(1))
    with running(engine, broker_url, recorder):
        eventually(lambda: recorder.committed == [1])
        eventually(lambda: broker.close_connections(broker_url) >= 2)
        announce(engine, reply(2))
        eventually(lambda: recorder.committed == [1, 2], deadline_seconds=20)


def _published(engine: Engine, broker_url: str, *events: Event) -> None:
    """Announce events and see them in the broker, each once: who dies between publishing and deleting leaves two."""
    announce(engine, *events)
    waiting = select(func.count()).select_from(outbox)

    def left() -> int | None:
        with engine.connect() as connection:
            return connection.scalar(waiting)

    with running(engine, broker_url, Recorder(), name="sender"):
        eventually(lambda: left() == 0)


def test_the_event_that_kills_its_process_is_put_away_and_no_other(engine: Engine, broker_url: str) -> None:
    _published(engine, broker_url, *map(reply, range(1, 41)))
    environment = os.environ | {
        "DATABASE_URL": engine.url.render_as_string(hide_password=False),
        "AICMO_AMQP_URL": broker_url,
    }

    def put_away() -> bool:
        return _handled(engine) == 39 and depths(broker_url)[SUBSCRIPTION.dead_letters] == 1

    statuses: list[int] = []
    while not put_away() and len(statuses) < 12:
        child = subprocess.Popen([sys.executable, "-m", "tests.messaging.killer", "13"], cwd=ROOT, env=environment)
        statuses.append(_until_dead_or(put_away, child))
    assert statuses == [9, 9, 9, 9, 9, 0]
    (letter,) = taken(broker_url, SUBSCRIPTION.dead_letters)
    assert b'"inbound_email_id":13,' in letter.body
    assert letter.headers["x-cam-reason"] == "killed_its_process"
    assert _handled(engine) == 39


def test_no_event_is_put_away_because_its_process_was_killed_again_and_again_by_chance(
    engine: Engine, broker_url: str, tmp_path: Path
) -> None:
    _published(engine, broker_url, *map(reply, range(1, 21)))
    lives = tmp_path / "lives"
    lives.write_text("7", encoding="ascii")
    environment = os.environ | {
        "DATABASE_URL": engine.url.render_as_string(hide_password=False),
        "AICMO_AMQP_URL": broker_url,
    }

    def through() -> bool:
        return _handled(engine) + depths(broker_url)[SUBSCRIPTION.dead_letters] == 20

    statuses: list[int] = []
    while not through() and len(statuses) < 12:
        child = subprocess.Popen(
            [sys.executable, "-m", "tests.messaging.unlucky", str(lives)], cwd=ROOT, env=environment
        )
        statuses.append(_until_dead_or(through, child))
    assert statuses == [9] * 7 + [0]
    assert depths(broker_url)[SUBSCRIPTION.dead_letters] == 0
    assert _handled(engine) == 20


def _until_dead_or(done: Callable[[], bool], child: subprocess.Popen[bytes]) -> int:
    eventually(lambda: child.poll() is not None or done(), deadline_seconds=20)
    child.send_signal(signal.SIGTERM)
    return child.wait(20)


def _handled(engine: Engine) -> int:
    with engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(handled_events)) or 0


def test_a_failing_job_stops_neither_itself_nor_the_others(engine: Engine, broker_url: str) -> None:
    failing, working = [0], [0]

    def fail(_uow: UnitOfWork) -> None:
        failing[0] += 1
        raise RuntimeError("IMAP is down")

    def work(_uow: UnitOfWork) -> None:
        working[0] += 1

    recorder = Recorder()
    announce(engine, reply(1))
    with running(engine, broker_url, recorder, jobs=[Job("fail", 0.02, fail), Job("work", 0.02, work)]):
        eventually(lambda: failing[0] > 2 and working[0] > 2 and recorder.committed == [1])


def test_the_heartbeat_tells_what_proves_life_and_ends_stopped(engine: Engine, broker_url: str) -> None:
    recorder = Recorder()
    began = utc_now()
    announce(engine, reply(1))

    def row() -> tuple[str, bool, bool]:
        with engine.connect() as connection:
            found = connection.execute(select(heartbeats)).first()
        return (
            (found.status, bool(found.broker_verified_at), bool(found.last_commit_at)) if found else ("", False, False)
        )

    with running(engine, broker_url, recorder):
        eventually(lambda: row() == ("RUNNING", True, True))
    assert row()[0] == "STOPPED"
    with engine.connect() as connection:
        assert (connection.scalar(select(heartbeats.c.last_seen_at)) or began) > began
