"""Fault points: nothing when off, refused unless allowed, and each order carried out once."""

import ast
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from shared import faults
from shared.faults import POINTS, FaultError, Orders, point
from tests.system.programs import environment, refused

ROOT = Path(__file__).resolve().parents[2]
_STRIKE = """\
import sys
from shared.faults import Orders
orders = Orders(__import__("pathlib").Path(sys.argv[1]), "sender")
for _ in range(5):
    print("hit", flush=True)
    orders("after_claim")
"""


@dataclass
class Passing:
    """An event at a point."""

    id: UUID


def passed() -> Iterator[tuple[str, str]]:
    """Yield each point that the code passes, with the folder whose code does."""
    for path in sorted([*(ROOT / "services").rglob("*.py"), *(ROOT / "shared").rglob("*.py")]):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "point":
                (name,) = node.args
                assert isinstance(name, ast.Constant), f"{path}: a point is named where it stands"
                yield str(name.value), path.relative_to(ROOT / "services").parts[0] if "services" in path.parts else ""


def test_the_list_of_points_is_what_the_code_passes() -> None:
    found = dict(passed())
    assert found.keys() == POINTS.keys()
    assert {name: POINTS[name] for name, service in found.items() if service} == {
        name: (service,) for name, service in found.items() if service
    }


def test_a_point_that_is_off_calls_nothing_and_looks_at_nothing() -> None:
    calls: list[str] = []
    sys.setprofile(lambda frame, event, _argument: calls.append(f"{event} {frame.f_code.co_name}"))
    try:
        point("after_claim")
    finally:
        sys.setprofile(None)
    # What follows is the call that ends the watching.
    assert calls[:2] == ["call point", "return point"]
    assert len(calls) == 3


def test_orders_lie_idle_unless_the_environment_asks_for_them(tmp_path: Path) -> None:
    (tmp_path / "sender.after_claim").write_text("raise", encoding="ascii")
    faults.arm("sender")
    point("after_claim")
    assert (tmp_path / "sender.after_claim").exists()


def test_a_service_refuses_faults_that_nobody_allowed(tmp_path: Path) -> None:
    settings = environment("postgresql://nowhere/cam", "amqp://nowhere", AICMO_FAULTS=str(tmp_path))
    assert "AICMO_FAULTS_ALLOWED=yes" in refused("classifier", settings, tmp_path)


def test_a_service_refuses_a_folder_that_is_not_there(tmp_path: Path) -> None:
    settings = environment("postgresql://nowhere/cam", "amqp://nowhere", AICMO_FAULTS_ALLOWED="yes")
    line = refused("classifier", settings | {"AICMO_FAULTS": str(tmp_path / "gone")}, tmp_path)
    assert line == f"cam: AICMO_FAULTS: {tmp_path / 'gone'} is no folder"


def test_an_env_file_can_not_ask_for_faults(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(f"AICMO_FAULTS={tmp_path}\nAICMO_LOG_LEVEL=LOUD\n", encoding="utf-8")
    line = refused("classifier", environment("postgresql://nowhere/cam", "amqp://nowhere"), tmp_path)
    assert line.startswith("cam: AICMO_LOG_LEVEL")


@pytest.mark.parametrize(("order", "hits"), [("kill", 1), ("kill after 3", 4)])
def test_a_kill_comes_at_the_hit_that_was_ordered_and_once(tmp_path: Path, order: str, hits: int) -> None:
    (tmp_path / "sender.after_claim").write_text(order, encoding="ascii")
    command = [sys.executable, "-c", _STRIKE, str(tmp_path)]
    first, second = (
        subprocess.run(command, env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False)
        for _ in range(2)
    )
    assert (first.returncode, first.stdout.count("hit\n")) == (-signal.SIGKILL, hits)
    assert (second.returncode, second.stdout.count("hit\n")) == (0, 5)


def test_one_of_many_carries_an_order_out(tmp_path: Path) -> None:
    (tmp_path / "sender.after_claim").write_text("raise", encoding="ascii")
    orders, failed = [Orders(tmp_path, "sender") for _ in range(8)], []

    def strike(mine: Orders) -> None:
        try:
            mine("after_claim")
        except FaultError as error:
            failed.append(error)

    threads = [threading.Thread(target=strike, args=(mine,)) for mine in orders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(failed) == 1


def test_an_order_about_one_event_is_carried_out_whenever_that_event_passes(tmp_path: Path) -> None:
    poison, innocent = Passing(uuid4()), Passing(uuid4())
    (tmp_path / f"classifier.before_handler.{poison.id}").write_text("raise", encoding="ascii")
    orders = Orders(tmp_path, "classifier")
    for _ in range(2):
        with pytest.raises(FaultError):
            orders("before_handler", [innocent, poison])
    orders("before_handler", [innocent])
    orders("before_commit", [poison])


def test_an_order_for_another_service_is_let_be(tmp_path: Path) -> None:
    (tmp_path / "inbox.before_commit").write_text("raise", encoding="ascii")
    Orders(tmp_path, "sender")("before_commit")
    with pytest.raises(FaultError):
        Orders(tmp_path, "inbox")("before_commit")
