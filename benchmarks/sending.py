"""Sending over SMTP to a sink: plans, claims, rendering and records included.

The floor is bare smtplib handing the same e-mails, already written, to the same sink on as many connections.
"""

import smtplib
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from email.message import EmailMessage
from email.policy import SMTP

from sqlalchemy import Engine, true, update

from benchmarks import rows, smtp_sink
from benchmarks.figures import Measured, Once, Say, alternate
from benchmarks.letters import PITCH
from benchmarks.running import count as number_of
from benchmarks.running import is_any, resident_megabytes, services, until
from console.stage import Stage
from demo.campaign import SENDER_NAME
from shared.database import open_engine
from shared.errors import CamError
from shared.tables import campaigns, outbound_emails, send_counters

# A mailbox has two unless AICMO_CAM_SENDER_CONNECTIONS says otherwise.
CONNECTIONS = (1, 2)
_SUBJECT = "A question to {{ company }}"
_BODY = f"Hello {{{{ first_name }}}},\n\n{PITCH}"
_BEGINNING = (rows.MAILBOX, rows.CAMPAIGN, rows.STEP, rows.LEADS, rows.QUEUED)


def measure(stage: Stage, environment: Mapping[str, str], count: int, *, rounds: int, say: Say) -> Measured:
    """Send `count` e-mails of one campaign, each to another lead: over one connection, then over two."""
    wire = [_written(number, stage.address) for number in range(1, count + 1)]
    engine = open_engine(stage.database_url)

    def measured(connections: int, port: int) -> Measured:
        settings = dict(environment) | _settings(port, connections)
        return alternate(
            f"sending_over_{connections}",
            f"e-mails claimed, sent and recorded, connections: {connections}",
            count,
            rounds=rounds,
            floor=lambda: _hand_over(port, stage.address, wire, connections),
            ours=lambda: _send(engine, stage.address, settings, count),
            say=say,
        )

    try:
        with smtp_sink.running() as port:
            found = [measured(connections, port) for connections in CONNECTIONS]
    finally:
        engine.dispose()
    figures: dict[str, object] = {one.name: one.figures for one in found}
    return Measured("sending_over_smtp", figures, [row for one in found for row in one.rows])


def _settings(port: int, connections: int) -> dict[str, str]:
    return {
        "AICMO_SMTP_HOST": smtp_sink.HOST,
        "AICMO_SMTP_PORT": str(port),
        "AICMO_SMTP_SECURITY": "none",
        "AICMO_CAM_SENDER_CONNECTIONS": str(connections),
        "AICMO_CAM_EMAIL_DAILY_CAP": "1000000",
        "AICMO_CAM_EMAIL_BATCH_CAP": "10000",
        # So that nobody waits a minute for the start; one run of the job sends for half a minute in any case.
        "AICMO_CAM_WORKER_INTERVAL_SECONDS": "1",
    }


def _send(engine: Engine, address: str, settings: Mapping[str, str], count: int) -> Once:
    values = {"address": address, "status": "PAUSED", "lead_status": "NEW", "subject": _SUBJECT, "body": _BODY}
    rows.fill(engine, _BEGINNING, count=count, **values)
    with services(engine, ("sender",), settings) as processes:
        with engine.begin() as connection:
            connection.execute(update(campaigns).values(status="RUNNING"))
        until(lambda: number_of(engine, send_counters, true()) > 0, "the first e-mails are planned")
        began = time.perf_counter()
        status = outbound_emails.c.status
        # Each has an index of its own.
        until(lambda: not is_any(engine, outbound_emails, status == "QUEUED"), "no e-mail waits")
        until(lambda: not is_any(engine, outbound_emails, status == "SENDING"), "no e-mail is on its way")
        seconds = time.perf_counter() - began
        if (sent := number_of(engine, outbound_emails, status == "SENT")) != count:
            raise CamError(f"{sent} of {count} e-mails were sent")
        return Once(seconds, resident_megabytes(processes))


def _hand_over(port: int, address: str, wire: Sequence[bytes], connections: int) -> float:
    began = time.perf_counter()
    with ThreadPoolExecutor(connections) as pool:
        parts = [list(enumerate(wire, 1))[part::connections] for part in range(connections)]
        list(pool.map(lambda part: _connection(port, address, part), parts))
    return time.perf_counter() - began


def _connection(port: int, address: str, part: Sequence[tuple[int, bytes]]) -> None:
    with smtplib.SMTP(smtp_sink.HOST, port, local_hostname="bench.example", timeout=30) as connection:
        for number, content in part:
            connection.sendmail(address, [_lead(number)], content)


def _lead(number: int) -> str:
    return f"lead{number}@example.test"


def _written(number: int, address: str) -> bytes:
    message = EmailMessage(policy=SMTP)
    message["From"] = f"{SENDER_NAME} <{address}>"
    message["To"] = _lead(number)
    message["Subject"] = "A question to Northwind Analytics"
    message["Message-ID"] = f"<{number}@cam.test>"
    message["List-Unsubscribe"] = f"<mailto:{address}?subject=unsubscribe>"
    message.set_content(_BODY.replace("{{ first_name }}", "Jane"))
    return message.as_bytes()
