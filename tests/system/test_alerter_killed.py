"""An alerter that dies or freezes between a channel's acceptance and its record: what has a receipt is told once."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, text

from shared.events import AlertRequested
from shared.tables import alert_logs
from tests.handlers.alerter.outside import serve_web
from tests.messaging.harness import announce
from tests.system.programs import START_SECONDS, STOP_SECONDS, command, environment
from tests.waiting import eventually


@contextmanager
def alerter(settings: dict[str, str], folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run an alerter; whatever happens, it does not outlive the block."""
    with (folder / "log").open("a") as log:
        process = subprocess.Popen(command("alerter"), env=settings, cwd=folder, stderr=log)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def ordered(folder: Path, point: str, action: str) -> dict[str, str]:
    """Order a fault, and return the environment that obeys it."""
    (folder / "faults").mkdir()
    (folder / "faults" / f"alerter.{point}").write_text(action, encoding="ascii")
    return {"AICMO_FAULTS": str(folder / "faults"), "AICMO_FAULTS_ALLOWED": "yes"}


def end_leases(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE cam_human_alert_logs SET next_attempt_at = now()"))


def recorded(engine: Engine) -> bool:
    with engine.connect() as connection:
        return connection.execute(select(alert_logs.c.sent_successfully)).scalars().all() == [True]


def ends_in_order(process: subprocess.Popen[bytes]) -> bool:
    process.terminate()
    return process.wait(STOP_SECONDS) == 0


@pytest.fixture
def asked(engine: Engine) -> None:
    """Ask for one alert."""
    announce(engine, AlertRequested(alert_type="REPLY_REVIEW", subject="1", title="Somebody asks"))


@pytest.mark.usefixtures("asked")
@pytest.mark.parametrize(("point", "posts"), [("after_alert_sent", 2), ("after_alert_noted", 1)])
def test_killed_before_the_record_only_what_had_no_receipt_yet_is_posted_again(
    engine: Engine, database_url: str, broker_url: str, tmp_path: Path, *, point: str, posts: int
) -> None:
    with serve_web() as first, serve_web() as second:
        second.status = 503
        channels = {"AICMO_CAM_ALERT_WEBHOOK_URLS": f"{first.url}/alerts,{second.url}/alerts"}
        settings = environment(database_url, broker_url, **channels, **ordered(tmp_path, point, "kill"))
        with alerter(settings, tmp_path) as victim:
            assert victim.wait(START_SECONDS) == -signal.SIGKILL
        assert (len(first.requests), len(second.accepted), recorded(engine)) == (1, 0, False)
        second.status = 200
        end_leases(engine)
        with alerter(settings, tmp_path) as survivor:
            eventually(lambda: recorded(engine), START_SECONDS)
            assert ends_in_order(survivor)
    assert len(first.requests) == posts
    assert len(first.accepted) == 1, "all of it under one key"
    assert first.accepted == second.accepted


@pytest.mark.usefixtures("asked")
def test_frozen_for_longer_than_its_lease_its_receipt_is_read_by_the_next(
    engine: Engine, database_url: str, broker_url: str, tmp_path: Path
) -> None:
    with serve_web() as web:
        settings = environment(database_url, broker_url, AICMO_CAM_ALERT_WEBHOOK_URLS=web.url)
        armed = settings | ordered(tmp_path, "after_alert_noted", "stop")
        with alerter(armed, tmp_path) as frozen:
            eventually(lambda: not list((tmp_path / "faults").iterdir()), START_SECONDS)
            end_leases(engine)
            with alerter(settings, tmp_path) as awake:
                eventually(lambda: recorded(engine), START_SECONDS)
                os.kill(frozen.pid, signal.SIGCONT)
                assert ends_in_order(frozen)
                assert ends_in_order(awake)
    assert len(web.requests) == 1
