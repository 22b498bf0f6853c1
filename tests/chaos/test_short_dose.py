"""A short dose of chaos: services, the broker and the database die under load, and nothing is lost or doubled."""

import json
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from console import servers
from tests.waiting import eventually

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 60
STOP_SECONDS = 30


@pytest.fixture
def folder() -> Iterator[Path]:
    """Make a folder that the servers' accounts may pass through."""
    made = Path(tempfile.mkdtemp(prefix="cam-dose-"))
    made.chmod(0o711)
    yield made
    servers.stop(made, delete=True)
    shutil.rmtree(made)


def command(folder: Path, *words: str) -> list[str]:
    """Return how `make chaos` calls it."""
    return [sys.executable, "-m", "chaos", "--folder", str(folder), *words]


def left_behind(folder: Path) -> list[str]:
    """Return the processes that know of this folder, the servers' among them."""
    known = {str(server.pid) for server in servers.status(folder) if server.pid}
    for environment in Path("/proc").glob("[0-9]*/environ"):
        try:
            if str(folder).encode() in environment.read_bytes():
                known.add(environment.parent.name)
        except OSError:
            continue
    return sorted(known)


@pytest.mark.timeout(400)
def test_services_broker_and_database_die_and_nothing_is_lost_or_doubled(folder: Path) -> None:
    dose = ("--only", "service_kills,broker_kills,database_kills", "--events", "150", "--kills", "5", "--seed", "11")
    done = subprocess.run(command(folder, *dose, "--json"), cwd=ROOT, capture_output=True, text=True, check=False)
    (line,) = done.stdout.splitlines()
    verdict = json.loads(line)
    assert (verdict["lost"], verdict["doubled"], verdict["broken"]) == (0, 0, 0), done.stderr
    assert done.returncode == 0, done.stderr
    assert verdict["handled"] >= 3 * 120
    assert verdict["scenarios"]["service_kills"]["kills"] == 5
    details = json.loads((folder / "verdict.json").read_text(encoding="utf-8"))["details"]
    assert all(scenario["verdict"] for scenario in details.values())
    assert left_behind(folder) == []


@pytest.mark.timeout(300)
def test_ctrl_c_leaves_no_process_behind(folder: Path) -> None:
    running = subprocess.Popen(
        command(folder, "--only", "quiet", "--events", "5000"),
        cwd=ROOT,
        stderr=subprocess.PIPE,
        text=True,
        process_group=0,
    )
    with running:
        try:
            assert running.stderr
            assert any("launched" in line for line in running.stderr)
            assert len(left_behind(folder)) > 5
            running.send_signal(signal.SIGINT)
            running.stderr.read()
            assert running.wait(STOP_SECONDS) == 130
        finally:
            running.kill()
    eventually(lambda: left_behind(folder) == [])


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (("--only", "earthquake"), "choose from quiet"),
        (("--events", "0"), "above zero"),
        (("--kills", "x"), "above zero"),
    ],
)
def test_bad_input_is_refused_before_anything_starts(folder: Path, words: tuple[str, ...], problem: str) -> None:
    done = subprocess.run(command(folder, *words), cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert problem in done.stderr
    assert list(folder.iterdir()) == []


def test_the_list_names_every_scenario_and_starts_nothing(folder: Path) -> None:
    done = subprocess.run(command(folder, "--list", "--json"), cwd=ROOT, capture_output=True, text=True, check=True)
    assert {"quiet", "service_kills", "fault_points", "broker_kills", "database_kills"} <= json.loads(
        done.stdout
    ).keys()
    assert list(folder.iterdir()) == []
