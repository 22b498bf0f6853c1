"""Replies through all hops: classifier, decision and alerter as processes, real handlers and real tables."""

import time
from collections.abc import Iterable, Mapping

from sqlalchemy import Engine

from benchmarks import bare_relay, rows
from benchmarks.figures import Measured, Once, Say, alternate
from benchmarks.running import count as number_of
from benchmarks.running import resident_megabytes, services, until
from console.stage import Stage
from shared.clock import utc_now
from shared.database import open_engine
from shared.events import ReplyReceived, wrap
from shared.tables import alert_logs
from shared.unit_of_work import UnitOfWork

SERVICES = ("classifier", "decision", "alerter")
REPLY = "Yes, this sounds interesting. Could you send me more details?\n\n> our own words, quoted\n> twice"
# Every lead was written to once and has said yes; nobody has read it yet.
_BEGINNING = (rows.MAILBOX, rows.CAMPAIGN, rows.LEADS, rows.SENT, rows.FETCHED)


def measure(stage: Stage, environment: Mapping[str, str], count: int, *, rounds: int, say: Say) -> Measured:
    """Compare with a bare aio-pika relay of the same three hops."""
    wire = [wrap(_event(number), source="/cam/inbox", time=utc_now()).to_bytes() for number in range(1, count + 1)]
    return alternate(
        "replies_through_all_hops",
        "replies through all hops",
        count,
        rounds=rounds,
        floor=lambda: bare_relay.seconds(stage.amqp_url, wire),
        ours=lambda: passage(stage.database_url, environment, count),
        say=say,
    )


def measure_batches(stage: Stage, environment: Mapping[str, str], count: int, *, rounds: int, say: Say) -> Measured:
    """Compare with one transaction per event, of which only a tenth is measured: it would take minutes."""
    tenth, one_by_one = max(1, count // 10), dict(environment) | {"AICMO_CAM_EVENT_BATCH_SIZE": "1"}
    return alternate(
        "batches_of_replies",
        "the same, against one transaction per event",
        count,
        rounds=rounds,
        floor=lambda: passage(stage.database_url, one_by_one, tenth).seconds * count / tenth,
        ours=lambda: passage(stage.database_url, environment, count),
        say=say,
    )


def passage(database_url: str, environment: Mapping[str, str], count: int) -> Once:
    """Let `count` replies that are fetched already pass all hops; nothing of it is left behind."""
    engine = open_engine(database_url)
    values = {"address": "bench@cam.test", "status": "RUNNING", "lead_status": "CONTACTED", "reply": REPLY}
    rows.fill(engine, _BEGINNING, count=count, **values)
    try:
        with services(engine, SERVICES, environment) as processes:
            began = time.perf_counter()
            announce(engine, range(1, count + 1))
            alerted = alert_logs.c.sent_successfully
            until(lambda: number_of(engine, alert_logs, alerted) >= count, "every reply is alerted", poll_seconds=0.1)
            return Once(time.perf_counter() - began, resident_megabytes(processes))
    finally:
        engine.dispose()


def announce(engine: Engine, numbers: Iterable[int]) -> None:
    """Announce the replies with these numbers, which are fetched already, in one transaction."""
    with UnitOfWork(engine, source="/cam/inbox").begin() as tx:
        for number in numbers:
            tx.emit(_event(number))


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
