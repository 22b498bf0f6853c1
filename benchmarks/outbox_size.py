"""How large the outbox becomes while very many events pass through it and others wait.

So many events a second are committed and relayed as all services together announce at their busiest, beside rows
that wait (another instance holds them). Dead rows are given back by autovacuum alone. Every two seconds the size of
table and indexes is compared with what the rows of that moment take in an outbox as good as new.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from statistics import median
from typing import NamedTuple

import uvloop
from sqlalchemy import Engine, text

from benchmarks import rows
from benchmarks.figures import Measured, Row, Say
from benchmarks.running import until
from console.stage import Stage
from shared.clock import utc_now
from shared.database import open_engine, transaction
from shared.events import ReplyReceived
from shared.messaging.publishing import Publishing
from shared.messaging.relay import Relay
from shared.messaging.threads import Threads
from shared.messaging.topology import Subscription
from shared.roles import role_of
from shared.unit_of_work import OWN_PUBLISH_SECONDS, OutboxRow, Transaction

WAITING = 10_000
PER_SECOND = 2_500
_BATCH = 50
_LOOKS_EVERY = 5_000
_SAYS_EVERY = 50_000
_QUEUE = Subscription("classifier", ReplyReceived).queue
_LOOK = "SELECT pg_total_relation_size('outbox'), count(*) FROM outbox"


class Look(NamedTuple):
    """The outbox at one moment."""

    bytes: int
    rows: int


def measure(stage: Stage, events: int, *, say: Say) -> Measured:
    """Let `events` events pass; return the largest and the last size beside that of the waiting rows alone."""
    engine, owner = open_engine(stage.database_url, role=role_of("inbox")), open_engine(stage.database_url)
    try:
        rows.fill(owner, ())
        for first in range(0, WAITING, _BATCH):
            _commit(engine, first, timedelta(days=1))
        with owner.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM FULL outbox"))
        new = _look(owner)
        looks, seconds = uvloop.run(_pass_through(stage.amqp_url, engine, owner, events, say))
    finally:
        engine.dispose()
        owner.dispose()
    return _measured(events, seconds, new, looks)


async def _pass_through(
    amqp_url: str, engine: Engine, owner: Engine, events: int, say: Say
) -> tuple[list[Look], float]:
    threads, publishing = Threads(4), Publishing(amqp_url, "bench")
    keeping = asyncio.create_task(publishing.keep())
    relay = Relay(engine, publishing, threads)
    running = asyncio.create_task(relay.run())
    looks, began = [], time.perf_counter()
    for first in range(0, events, _BATCH):
        relay.submit(await asyncio.to_thread(_commit, engine, first, timedelta(seconds=OWN_PUBLISH_SECONDS)))
        if (first + _BATCH) % _LOOKS_EVERY == 0:
            await (await publishing.channel()).queue_purge(_QUEUE)
            looks.append(await asyncio.to_thread(_look, owner))
        if (first + _BATCH) % _SAYS_EVERY == 0:
            say(f"outbox-size: {first + _BATCH:,} of {events:,} events, {_told(looks[-1])}")
        await asyncio.sleep(max(0.0, began + (first + _BATCH) / PER_SECOND - time.perf_counter()))
    seconds = time.perf_counter() - began
    await asyncio.to_thread(until, _is_relayed(owner), "every event is relayed")
    relay.finish()
    await running
    keeping.cancel()
    await asyncio.wait([keeping])
    threads.close()
    return [*looks, _look(owner)], seconds


def _commit(engine: Engine, first: int, lease: timedelta) -> list[OutboxRow]:
    with transaction(engine) as connection:
        work = Transaction(connection, utc_now, "/cam/inbox", "bench")
        for number in range(first + 1, first + 1 + _BATCH):
            place = {"mailbox_id": 1, "folder": "INBOX", "uidvalidity": 1, "uid": number, "lead_id": number}
            work.emit(ReplyReceived(inbound_email_id=number, **place))
        return work.write_outbox(lease)


def _is_relayed(owner: Engine) -> Callable[[], bool]:
    return lambda: _look(owner).rows <= WAITING


def _look(engine: Engine) -> Look:
    with engine.connect() as connection:
        return Look(*connection.execute(text(_LOOK)).one())


def _measured(events: int, seconds: float, new: Look, looks: Sequence[Look]) -> Measured:
    each = new.bytes / new.rows
    ratios = [look.bytes / (look.rows * each) for look in looks]
    worst = looks[ratios.index(max(ratios))]
    figures: dict[str, object] = {
        "events": events,
        "per_second": round(events / seconds),
        "waiting": WAITING,
        "bytes_per_row": round(each),
        "worst": worst._asdict(),
        "last": looks[-1]._asdict(),
        "ratio": round(max(ratios), 2),
        "median_ratio": round(median(ratios), 2),
    }
    what = f"outbox at its worst while {events:,} events pass"
    row = Row(what, _told(worst), _told(Look(round(worst.rows * each), worst.rows)), f"{max(ratios):.2f}")
    usual = Row("the same, median of all looks", "", "", f"{median(ratios):.2f}")
    return Measured("outbox_size", figures, [row, usual])


def _told(look: Look) -> str:
    return f"{look.bytes / 2**20:.1f} MiB, {look.rows:,} rows"
