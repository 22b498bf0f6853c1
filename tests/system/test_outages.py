"""Servers that go away under running services and come back: nothing is lost, nothing done twice, nobody restarts."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from console import servers as native
from console.processes import ServiceProcesses
from demo.sink import AlertSink
from demo.smtp import free_port
from shared import migrate
from shared.database import open_engine
from shared.events import AlertRequested
from shared.messaging import topology
from shared.tables import outbox
from tests.adapters.smtp_server import smtp_server
from tests.databases import clean
from tests.messaging.harness import announce
from tests.system.programs import START_SECONDS, Lines, consuming, environment
from tests.system.yes_sayers import RECOVERY_SECONDS, Machine, World, a_due_email, publish
from tests.waiting import eventually

CHAIN = ["classifier", "decision", "alerter"]
CONSUMING_AGAIN_SECONDS = 15


@pytest.fixture(scope="module")
def machine() -> Iterator[Machine]:
    root = Path(tempfile.mkdtemp(prefix="cam-outages-"))
    root.chmod(0o711)
    started = native.start(root, only={"postgres", "rabbitmq"})
    migrate.upgrade(started.database_url)
    topology.set_up(started.amqp_url)
    yield Machine(root, started.database_url, started.amqp_url)
    native.stop(root, delete=True)
    shutil.rmtree(root, ignore_errors=True)


@pytest.fixture
def sink() -> Iterator[AlertSink]:
    listening = AlertSink()
    listening.start()
    yield listening
    listening.stop()


@pytest.fixture
def world(machine: Machine, sink: AlertSink) -> Iterator[World]:
    owner = open_engine(machine.database_url)
    clean(owner)
    made = World(machine, owner, sink, Lines())
    made.lay_out()
    yield made
    owner.dispose()


@pytest.fixture
def chain(world: World, tmp_path: Path) -> Iterator[ServiceProcesses]:
    """Run the three services that a reply goes through; whatever happens, none of them may end before it is told to."""
    settings = environment(
        world.machine.database_url, world.machine.amqp_url, AICMO_CAM_ALERT_WEBHOOK_URLS=world.sink.url
    )
    processes = ServiceProcesses(settings, CHAIN, on_line=world.lines, folder=tmp_path)
    processes.start()
    eventually(lambda: consuming(world.owner) == set(CHAIN), START_SECONDS)
    pids = processes.pids()
    yield processes
    assert processes.poll() == []
    assert processes.pids() == pids
    assert processes.stop() == dict.fromkeys(CHAIN, 0)
    assert world.lines.who_logged("cam") == set()


@pytest.mark.usefixtures("chain")
def test_a_database_that_goes_away_and_comes_back_costs_no_event_and_no_attempt(world: World) -> None:
    early, during = world.replies(40), world.replies(10)
    announce(world.owner, *early)
    eventually(lambda: world.told() > 0, START_SECONDS)
    world.machine.stop("postgres")
    publish(world.machine.amqp_url, *during)
    eventually(lambda: "classifier" in world.lines.who_logged("handler_waits") | world.lines.who_logged("event_failed"))
    assert world.lines.logged("event_failed") == []
    eventually(lambda: all(world.lines.logged("heartbeat_missed").count((name, "")) > 2 for name in CHAIN))
    world.machine.start("postgres")
    eventually(lambda: world.told() == 50, RECOVERY_SECONDS)
    assert {"decision", "alerter"} <= world.lines.who_logged("job_waits")
    eventually(lambda: {"decision", "alerter"} <= world.lines.who_logged("job_goes_on"))
    world.assert_each_was_handled_once(50)


@pytest.mark.usefixtures("chain")
def test_a_broker_that_goes_away_and_comes_back_finds_everything_announced_meanwhile(world: World) -> None:
    announce(world.owner, *world.replies(40))
    eventually(lambda: world.told() > 0, START_SECONDS)
    world.machine.stop("rabbitmq")
    announce(world.owner, *world.replies(10))
    eventually(lambda: world.lines.who_logged("publishing_lost") == set(CHAIN))
    assert world.count(outbox) >= 10
    world.machine.start("rabbitmq")
    eventually(lambda: world.told() == 50, CONSUMING_AGAIN_SECONDS)
    world.assert_each_was_handled_once(50)
    assert len(world.sink.alerts) == 50


def test_imap_that_is_down_stops_neither_sending_nor_alerts(
    engine: Engine, database_url: str, broker_url: str, sink: AlertSink, tmp_path: Path
) -> None:
    announce(engine, AlertRequested(alert_type="REPLY_REVIEW", subject="1", title="Somebody asks"))
    lines, doing = Lines(), {"inbox", "sender", "alerter"}
    with smtp_server() as smtp:
        lead = a_due_email(engine, smtp_port=smtp.port, imap_port=free_port("127.0.0.1"))
        settings = environment(
            database_url, broker_url, AICMO_CAM_ALERT_WEBHOOK_URLS=sink.url, AICMO_CAM_TEST_PASSWORD="secret"
        )
        processes = ServiceProcesses(settings, sorted(doing), on_line=lines, folder=tmp_path)
        processes.start()
        try:
            eventually(lambda: lines.who_logged("mailbox_away") == {"inbox"}, START_SECONDS)
            eventually(lambda: [mail["To"] for mail in smtp.accepted] == [lead], START_SECONDS)
            eventually(lambda: [alert.alert_type for alert in sink.alerts] == ["REPLY_REVIEW"], START_SECONDS)
            eventually(lambda: consuming(engine) == doing, START_SECONDS)
            assert processes.poll() == []
        finally:
            statuses = processes.stop()
    assert statuses == dict.fromkeys(doing, 0)
    assert lines.who_logged("cam") == set()
