"""Every service as a program shows its own metrics, beside the others on one machine."""

import json
import signal
import socket
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Engine

from console.processes import ALL, ServiceProcesses, metrics_ports
from console.servers.site import free_ports
from demo.sink import AlertSink
from shared.clock import utc_now
from tests.messaging.harness import announce
from tests.scraping import Scrape
from tests.system.programs import START_SECONDS, Lines, consuming, environment, refused
from tests.system.test_up import cam_up
from tests.system.yes_sayers import Machine, World
from tests.waiting import eventually

TOLD = {"subscription": "alerter.alert.requested"}


@pytest.fixture
def sink() -> Iterator[AlertSink]:
    listening = AlertSink()
    listening.start()
    yield listening
    listening.stop()


@pytest.fixture
def first() -> int:
    """Return a port with nine free ones after it."""
    while True:
        port = free_ports(["metrics"])["metrics"]
        if port < 65_000 and all(_is_free(port + offset) for offset in range(10)):
            return port


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def is_shown(port: int) -> bool:
    """Tell whether metrics are shown there."""
    try:
        return "cam_leases_lost_total" in Scrape(port).names
    except OSError:
        return False


@pytest.fixture
def world(engine: Engine, database_url: str, broker_url: str, sink: AlertSink, tmp_path: Path) -> World:
    """Lay a campaign out whose leads say yes."""
    made = World(Machine(tmp_path, database_url, broker_url), engine, sink, Lines())
    made.lay_out()
    return made


def test_numbers_move_as_replies_go_from_service_to_service(world: World, first: int, tmp_path: Path) -> None:
    shown = {"AICMO_CAM_ALERT_WEBHOOK_URLS": world.sink.url, "AICMO_METRICS_PORT": str(first)}
    settings = environment(world.machine.database_url, world.machine.amqp_url, **shown)
    processes = ServiceProcesses(settings, on_line=world.lines, folder=tmp_path)
    processes.start()
    try:
        eventually(lambda: consuming(world.owner) == set(ALL), START_SECONDS)
        received = utc_now()
        announce(world.owner, *world.replies(20))
        eventually(lambda: world.told() == 20, START_SECONDS)
        ports = metrics_ports(str(first))
        eventually(lambda: Scrape(ports["alerter"])("cam_events_handled_total", **TOLD) == 20)
        seen = {service: Scrape(ports[service]) for service in ALL}
    finally:
        assert processes.stop() == dict.fromkeys(ALL, 0)
    handled = "cam_events_handled_total"
    assert seen["classifier"](handled, subscription="classifier.reply.received") == 20
    assert seen["decision"](handled, subscription="decision.reply.classified") == 20
    assert seen["decision"]("cam_alerts_requested_total", alert_type="POSITIVE_REPLY") == 20
    assert seen["alerter"]("cam_reply_to_alert_seconds_count") == 20
    longest = (utc_now() - received).total_seconds()
    assert 0 < seen["alerter"]("cam_reply_to_alert_seconds_sum") < 20 * longest
    assert seen["sender"]("cam_job_runs_total", name="send_due", outcome="done") > 0
    assert seen["inbox"]("cam_job_runs_total", name="watch_mailboxes", outcome="done") > 0
    for service in ALL:
        assert seen[service]("cam_broker_connected", connection="consuming") == 1
        assert seen[service]("process_resident_memory_bytes") > 0
        assert seen[service]("cam_job_runs_total", name="measure", outcome="done") > 0


def test_a_port_in_use_ends_the_service_in_one_line(
    engine: Engine, database_url: str, broker_url: str, first: int, tmp_path: Path
) -> None:
    del engine
    settings = environment(database_url, broker_url, AICMO_METRICS_PORT=str(first))
    with socket.create_server(("127.0.0.1", first)):
        line = refused("classifier", settings, tmp_path)
    assert line == f"cam: AICMO_METRICS_PORT: port {first} of 127.0.0.1 is in use"


@pytest.mark.parametrize("wrong", ["65536", "-1", "x"])
def test_a_port_that_is_none_is_one_line(database_url: str, broker_url: str, wrong: str, tmp_path: Path) -> None:
    settings = environment(database_url, broker_url, AICMO_METRICS_PORT=wrong)
    assert refused("classifier", settings, tmp_path).startswith("cam: AICMO_METRICS_PORT: ")


def test_cam_up_gives_each_service_a_port_and_says_which(
    engine: Engine, database_url: str, broker_url: str, first: int
) -> None:
    options = ("--json", "--only", "sender,classifier", "--scale", "classifier=2")
    del engine
    with cam_up(database_url, broker_url, *options, AICMO_METRICS_PORT=str(first)) as process:
        for offset in (1, 3, 6):
            eventually(partial(is_shown, first + offset), START_SECONDS)
        process.send_signal(signal.SIGINT)
        written, _ = process.communicate(timeout=15)
    assert process.returncode == 0
    told = [json.loads(line)["line"] for line in written.splitlines() if '"service": "cam"' in line]
    assert told[:3] == [
        f"metrics of sender: http://127.0.0.1:{first + 3}/metrics",
        f"metrics of classifier.1: http://127.0.0.1:{first + 1}/metrics",
        f"metrics of classifier.2: http://127.0.0.1:{first + 6}/metrics",
    ]


def test_cam_up_refuses_a_port_that_leaves_no_room(database_url: str, broker_url: str, engine: Engine) -> None:
    del engine
    with cam_up(database_url, broker_url, AICMO_METRICS_PORT="65535") as process:
        written, said = process.communicate(timeout=START_SECONDS)
    assert (process.returncode, written) == (2, "")
    assert said.startswith("cam: AICMO_METRICS_PORT: 65535 ")
    assert said.count("\n") == 1
