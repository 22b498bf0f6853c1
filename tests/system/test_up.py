"""`cam up` as an operator or a program starts it, reads it and ends it."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine, select

from shared.messaging import topology
from shared.tables import heartbeats
from tests.waiting import eventually

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 20
STOP_SECONDS = 15


@contextmanager
def cam_up(database_url: str, amqp_url: str, *options: str, **own: str) -> Iterator[subprocess.Popen[str]]:
    """Run `cam up` with pipes for its words."""
    settings = {"DATABASE_URL": database_url, "AICMO_AMQP_URL": amqp_url, "AICMO_CAM_HEARTBEAT_SECONDS": "0.5"}
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)} | settings | own
    command = [sys.executable, "-m", "console", "up", *options]
    with subprocess.Popen(
        command, env=environment, cwd="/", stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()


def states(engine: Engine) -> dict[str, str]:
    with engine.connect() as connection:
        return {row.service: row.status for row in connection.execute(select(heartbeats))}


def test_with_json_every_line_is_an_object_that_names_its_service(
    engine: Engine, database_url: str, amqp_url: str
) -> None:
    topology.set_up(amqp_url)
    with cam_up(database_url, amqp_url, "--json", "--only", "sender,classifier") as process:
        eventually(lambda: states(engine) == {"sender": "RUNNING", "classifier": "RUNNING"}, START_SECONDS)
        process.send_signal(signal.SIGINT)
        written, said = process.communicate(timeout=STOP_SECONDS)
    assert (process.returncode, said) == (0, "")
    lines = [json.loads(line) for line in written.splitlines()]
    assert {line["service"] for line in lines} == {"sender", "classifier", "cam"}
    assert lines[-1] == {"service": "cam", "line": "all services have drained"}


def test_who_stops_reading_ends_it_and_the_services_still_drain(
    engine: Engine, database_url: str, amqp_url: str
) -> None:
    topology.set_up(amqp_url)
    for options, stream in (((), "stderr"), (("--json",), "stdout")):
        with cam_up(database_url, amqp_url, "--only", "sender", *options) as process:
            eventually(lambda: states(engine) == {"sender": "RUNNING"}, START_SECONDS)
            getattr(process, stream).close()
            # As Ctrl-C does in a pipe: the reader is gone before the last lines are written.
            process.send_signal(signal.SIGINT)
            process.wait(STOP_SECONDS)
        assert process.returncode == 0
        assert states(engine) == {"sender": "STOPPED"}


def test_what_waiting_would_not_change_is_one_line_before_anything_starts(
    engine: Engine, database_url: str, amqp_url: str
) -> None:
    wrong: list[tuple[dict[str, str], str]] = [
        ({}, "cam: the broker has no queue classifier.reply.received: run `cam setup`\n"),
        ({"AICMO_CAM_EMAIL_ALLOWLIST_REGEX": "("}, "cam: AICMO_CAM_EMAIL_ALLOWLIST_REGEX: "),
        ({"AICMO_SMTP_PORT": "0"}, "cam: AICMO_SMTP_PORT: "),
    ]
    for own, line in wrong:
        with cam_up(database_url, amqp_url, **own) as process:
            written, said = process.communicate(timeout=START_SECONDS)
        assert (process.returncode, written) == (2, "")
        assert said.startswith(line)
        assert said.count("\n") == 1
    assert states(engine) == {}


def test_a_broker_that_is_away_is_waited_for(engine: Engine, database_url: str) -> None:
    with cam_up(database_url, "amqp://guest:guest@127.0.0.1:1/", "--only", "alerter") as process:
        eventually(lambda: states(engine) == {"alerter": "RUNNING"}, START_SECONDS)
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=STOP_SECONDS)
    assert process.returncode == 0, said
    assert "broker_awaited" in said
