"""Replies through all hops: classifier, decision and alerter as processes, real handlers and real tables."""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Engine, func, select, text

from console.processes import ServiceProcesses
from shared.clock import utc_now
from shared.database import open_engine
from shared.events import ReplyReceived, wrap
from shared.tables import alert_logs, heartbeats, metadata
from shared.unit_of_work import UnitOfWork

SERVICES = ("classifier", "decision", "alerter")
PATIENCE_SECONDS = 300


_REPLY = "Yes, this sounds interesting. Could you send me more details?\n\n> our own words, quoted\n> twice"

# Every lead was written to once and has said yes; nobody has read it yet.
_WORLD = (
    "INSERT INTO mailboxes (name, address) VALUES ('bench', 'bench@cam.test')",
    "INSERT INTO campaigns (name, mailbox_id, status) VALUES ('bench', 1, 'RUNNING')",
    """INSERT INTO leads (campaign_id, email, status)
       SELECT 1, 'lead' || n || '@example.test', 'CONTACTED' FROM generate_series(1, :count) AS n""",
    """INSERT INTO outbound_emails
              (campaign_id, lead_id, mailbox_id, position, silence_days, state, sent_at, message_id)
       SELECT 1, n, 1, 1, 3, 'SENT', now() - interval '1 day', '<' || n || '@cam.test>'
       FROM generate_series(1, :count) AS n""",
    """INSERT INTO inbound_emails (mailbox_id, folder, uidvalidity, uid, campaign_id, lead_id, outbound_email_id,
                                   from_address, subject, body)
       SELECT 1, 'INBOX', 1, n, 1, n, n, 'lead' || n || '@example.test', 'Re: a question', :reply
       FROM generate_series(1, :count) AS n""",
)


@dataclass(frozen=True, slots=True)
class Run:
    """One passage of `count` replies."""

    count: int
    seconds: float
    resident_megabytes: dict[str, float]


def bodies(count: int) -> list[bytes]:
    """Return the wire form of the events that start each passage, for the floor to carry."""
    return [wrap(_event(number), source="/cam/inbox", time=utc_now()).to_bytes() for number in range(1, count + 1)]


def _event(number: int) -> ReplyReceived:
    return ReplyReceived(
        inbound_email_id=number,
        mailbox_id=1,
        folder="INBOX",
        uidvalidity=1,
        uid=number,
        lead_id=number,
        outbound_email_id=number,
    )


def passage(database_url: str, environment: dict[str, str], count: int, batch_size: int | None = None) -> Run:
    """Let `count` replies that are fetched already pass all hops; nothing of it is left behind."""
    engine = open_engine(database_url)
    _fill(engine, count)
    extra = {"AICMO_CAM_BATCH_SIZE": str(batch_size)} if batch_size else {}
    settings = {
        "AICMO_CAM_WORKER_INTERVAL_SECONDS": "60",
        "AICMO_CAM_HEARTBEAT_SECONDS": "1",
        "AICMO_LOG_LEVEL": "ERROR",
    }
    processes = ServiceProcesses(os.environ | environment | settings | extra, SERVICES, on_line=_complain)
    processes.start()
    try:
        _until(lambda: _awake(engine))
        began = time.perf_counter()
        _announce(engine, count)
        _until(lambda: _alerted(engine) >= count)
        took = time.perf_counter() - began
        resident = {name: size / 2**20 for name, size in processes.resident_bytes().items()}
    finally:
        processes.stop()
        engine.dispose()
    return Run(count, took, resident)


def _complain(name: str, line: str) -> None:
    print(f"{name}: {line}")


def _until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"not done after {PATIENCE_SECONDS} s")
        time.sleep(0.1)


def _awake(engine: Engine) -> bool:
    awake = select(func.count()).where(heartbeats.c.broker_verified_at.isnot(None))
    with engine.connect() as connection:
        return (connection.scalar(awake) or 0) >= len(SERVICES)


def _alerted(engine: Engine) -> int:
    with engine.connect() as connection:
        return connection.scalar(select(func.count()).where(alert_logs.c.sent_successfully)) or 0


def _announce(engine: Engine, count: int) -> None:
    with UnitOfWork(engine, source="/cam/inbox").begin() as tx:
        for number in range(1, count + 1):
            tx.emit(_event(number))


def _fill(engine: Engine, count: int) -> None:
    names = ", ".join(table.name for table in metadata.sorted_tables)
    with engine.begin() as connection:
        connection.execute(text(f"TRUNCATE {names} RESTART IDENTITY CASCADE"))
        for statement in _WORLD:
            connection.execute(text(statement), {"count": count, "reply": _REPLY})
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))
