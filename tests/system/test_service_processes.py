"""The services as child processes of one terminal."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from console.processes import ServiceProcesses, chosen, scaled
from shared.errors import ConfigurationError
from shared.messaging import topology
from shared.tables import heartbeats
from tests.waiting import eventually

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 20
Start = Callable[..., ServiceProcesses]


class Lines(list[tuple[str, str]]):
    """What the children and the parent said."""

    def __call__(self, name: str, line: str) -> None:
        """Note one line."""
        self.append((name, line))

    def of(self, name: str) -> list[str]:
        """Return what one of them said."""
        return [line for speaker, line in self if speaker == name]


@pytest.fixture
def lines() -> Lines:
    return Lines()


@pytest.fixture
def environment(database_url: str, amqp_url: str) -> dict[str, str]:
    topology.set_up(amqp_url)
    own = {"DATABASE_URL": database_url, "AICMO_AMQP_URL": amqp_url, "AICMO_CAM_HEARTBEAT_SECONDS": "0.5"}
    return {"PATH": os.environ["PATH"], **own}


@pytest.fixture
def start(lines: Lines, tmp_path: Path) -> Iterator[Start]:
    started: list[ServiceProcesses] = []

    def run(environment: dict[str, str], services: list[str], scale: dict[str, int] | None = None) -> ServiceProcesses:
        started.append(ServiceProcesses(environment, services, scale, on_line=lines, folder=tmp_path))
        started[-1].start()
        return started[-1]

    yield run
    for processes in started:
        processes.stop(5)


def running(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        return list(connection.execute(select(heartbeats.c.service).where(heartbeats.c.status == "RUNNING")).scalars())


def test_services_run_as_children_and_drain_when_told(
    start: Start, environment: dict[str, str], engine: Engine, lines: Lines
) -> None:
    processes = start(environment, ["alerter", "sender"], {"alerter": 2})
    eventually(lambda: sorted(running(engine)) == ["alerter", "alerter", "sender"], START_SECONDS)
    assert set(processes.resident_bytes()) == {"alerter.1", "alerter.2", "sender"}
    ended = processes.stop(10)
    assert ended == {"alerter.1": 0, "alerter.2": 0, "sender": 0}
    assert running(engine) == []
    assert any("started" in line for line in lines.of("alerter.2"))


def test_a_child_that_was_killed_is_started_again(
    start: Start, environment: dict[str, str], engine: Engine, lines: Lines
) -> None:
    processes = start(environment, ["sender"])
    eventually(lambda: running(engine), START_SECONDS)
    first = processes.pids()["sender"]
    os.kill(first, signal.SIGKILL)
    eventually(lambda: not processes.poll() and processes.pids()["sender"] != first, START_SECONDS)
    assert lines.of("cam") == ["sender was ended by SIGKILL; it is started again"]


def test_a_child_that_can_not_start_is_said_once_however_often_it_is_tried(start: Start, lines: Lines) -> None:
    processes = start({"PATH": os.environ["PATH"]}, ["sender"])
    eventually(lambda: processes.poll() is not None and len(lines.of("sender")) >= 2, START_SECONDS)
    assert lines.of("cam") == ["sender ended with status 2; it is started again"]
    assert "DATABASE_URL" in lines.of("sender")[0]


def test_a_child_that_does_not_stop_in_time_is_killed_and_named(
    start: Start, environment: dict[str, str], engine: Engine, lines: Lines
) -> None:
    processes = start(environment, ["sender"])
    eventually(lambda: running(engine), START_SECONDS)
    os.kill(processes.pids()["sender"], signal.SIGSTOP)
    assert processes.stop(0.2) == {"sender": -signal.SIGKILL}
    assert lines.of("cam") == ["sender did not stop in time and is killed"]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent was killed")
def test_children_drain_when_their_parent_is_killed(environment: dict[str, str], engine: Engine) -> None:
    command = [sys.executable, "-m", "console", "up", "--only", "sender"]
    parent = subprocess.Popen(command, env=environment | {"PYTHONPATH": str(ROOT)}, cwd="/", stderr=subprocess.DEVNULL)
    eventually(lambda: running(engine), START_SECONDS)
    parent.kill()
    parent.wait(5)
    eventually(lambda: not running(engine), START_SECONDS)


def test_ctrl_c_on_cam_up_drains_and_says_so(environment: dict[str, str], engine: Engine) -> None:
    command = [sys.executable, "-m", "console", "up", "--only", "sender"]
    parent = subprocess.Popen(
        command, env=environment | {"PYTHONPATH": str(ROOT)}, cwd="/", stderr=subprocess.PIPE, text=True
    )
    eventually(lambda: running(engine), START_SECONDS)
    parent.send_signal(signal.SIGINT)
    _, said = parent.communicate(timeout=15)
    assert parent.returncode == 0
    assert "all services have drained" in said
    assert running(engine) == []


def test_scale_and_only_are_read_or_refused_in_one_line() -> None:
    assert scaled(["classifier=3", "sender=2"]) == {"classifier": 3, "sender": 2}
    assert chosen("inbox, sender") == ("inbox", "sender")
    for wrong in ("classifier", "classifier=x", "mailer=2", "sender=0"):
        with pytest.raises(ConfigurationError, match="--scale"):
            scaled([wrong])
    with pytest.raises(ConfigurationError, match="--only mailer"):
        chosen("mailer")
