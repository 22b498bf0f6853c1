"""The whole loop on real servers: five services as processes, a campaign, a world that answers, a verdict."""

import itertools
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from console.processes import ServiceProcesses
from demo.smtp import free_port
from tests.endpoints import Mailserver

ROOT = Path(__file__).resolve().parents[2]
HOST = "127.0.0.1"


@pytest.fixture
def environment(database_url: str, amqp_url: str, mailserver: Mailserver) -> dict[str, str]:
    address, password = mailserver.new_account()
    alert_port, smtp_port = free_port(HOST), free_port(HOST)
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "DATABASE_URL": database_url,
        "AICMO_AMQP_URL": amqp_url,
        "AICMO_IMAP_SERVER": mailserver.imap_host,
        "AICMO_IMAP_PORT": str(mailserver.imap_port),
        "AICMO_IMAP_EMAIL": address,
        "AICMO_IMAP_PASSWORD": password,
        "AICMO_IMAP_SECURITY": "none",
        "AICMO_SMTP_HOST": HOST,
        "AICMO_SMTP_PORT": str(smtp_port),
        "AICMO_SMTP_SECURITY": "none",
        "AICMO_SMTP_FROM_EMAIL": f"Alex Morgan <{address}>",
        "AICMO_CAM_ALERT_WEBHOOK_URLS": f"http://{HOST}:{alert_port}/alerts",
        "AICMO_CAM_WORKER_INTERVAL_SECONDS": "0.5",
        "AICMO_CAM_HEARTBEAT_SECONDS": "1",
        "AICMO_CAM_DAY_SECONDS": "1.5",
        "DEMO_LMTP_HOST": mailserver.lmtp_host,
        "DEMO_LMTP_PORT": str(mailserver.lmtp_port),
        "DEMO_SMTP_PORT": str(smtp_port),
        "DEMO_ALERT_PORT": str(alert_port),
    }


@pytest.fixture
def services(environment: dict[str, str], tmp_path: Path) -> Iterator[ServiceProcesses]:
    cam(environment, tmp_path, "setup", "--json")
    processes = ServiceProcesses(environment, on_line=print_line, folder=tmp_path)
    processes.start()
    yield processes
    assert set(processes.stop().values()) == {0}


def print_line(name: str, line: str) -> None:
    sys.stdout.write(f"{name} | {line}\n")


def cam(environment: dict[str, str], folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "console", *arguments]
    return subprocess.run(
        command, env=environment, cwd=folder, capture_output=True, text=True, timeout=100, check=False
    )


@pytest.mark.usefixtures("services")
def test_a_campaign_runs_against_the_world_and_every_promise_is_kept(
    environment: dict[str, str], tmp_path: Path
) -> None:
    played = cam(environment, tmp_path, "demo", "--external", "--leads", "25", "--exit", "--json")
    assert played.stdout, played.stderr
    summary = json.loads(played.stdout)
    assert summary["problems"] == []
    assert played.returncode == 0
    assert all(summary["invariants"].values())
    assert set(summary["replies"]) == {"POSITIVE", "NEGATIVE", "NEUTRAL", "OOO", "BOUNCE", "UNSUB"}
    assert summary["alerts"] >= summary["replies"]["POSITIVE"]
    assert_a_yes_can_be_traced(environment, tmp_path)


def assert_a_yes_can_be_traced(environment: dict[str, str], folder: Path) -> None:
    """See that one trace leads from an e-mail of the demo over its reply to the human who was told."""
    replies = json.loads(cam(environment, folder, "replies", "--class", "positive", "--limit", "1", "--json").stdout)
    (lead,) = json.loads(cam(environment, folder, "trace", replies[0]["lead"], "--json").stdout)
    path = next(way for way in ways(lead["hops"]) if way[-1]["kind"] == "alert")
    assert [hop["kind"] for hop in path[-5:]] == ["email", "reply", "classification", "decision", "alert"]
    assert [hop["service"] for hop in path[-5:]] == ["sender", "inbox", "classifier", "decision", "alerter"]
    handled = [hop["event"] for hop in path if hop["event"]]
    assert {event["trace_id"].replace("-", "") for event in handled} == set(lead["trace_ids"])
    assert len(lead["trace_ids"]) == 1
    assert all(later["causation_id"] == before["id"] for before, later in itertools.pairwise(handled[-3:]))
    assert [event["attempt"] for event in handled[-3:]] == [1, 1, 1]
    assert all(hop["seconds_since_previous"] >= 0 for hop in path[1:])


Hop = dict[str, Any]


def ways(hops: list[Hop]) -> Iterator[list[Hop]]:
    """Return every way through a chain, from its beginning to each hop."""
    for hop in hops:
        yield [hop]
        yield from ([hop, *rest] for rest in ways(hop["then"]))
