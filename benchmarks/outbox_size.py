"""How large the outbox becomes while very many events pass through it and others wait.

So many events a second are committed and relayed as all services together announce at their busiest, beside rows
that wait (another instance holds them). Dead rows are given back by autovacuum alone; the size, of table and indexes,
is compared with that of the waiting rows in an outbox as good as new.
"""

import asyncio
import time
from collections.abc import Callable
from datetime import timedelta

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
_PURGED_EVERY = 50_000
_QUEUE = Subscription("classifier", ReplyReceived).queue
_SIZE = "SELECT pg_total_relation_size('outbox')"
_LEFT = "SELECT count(*) FROM outbox"


def measure(stage: Stage, events: int, *, say: Say) -> Measured:
    """Let `events` events pass; return the largest and the last size beside that of the waiting rows alone."""
    engine, owner = open_engine(stage.database_url, role=role_of("inbox")), open_engine(stage.database_url)
    try:
        rows.fill(owner, ())
        for first in range(0, WAITING, _BATCH):
            _commit(engine, first, timedelta(days=1))
        with owner.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM FULL outbox"))
        live = _number(owner, _SIZE)
        sizes, seconds = uvloop.run(_pass_through(stage.amqp_url, engine, owner, events, say))
    finally:
        engine.dispose()
        owner.dispose()
    return _measured(events, seconds, live, sizes)


async def _pass_through(amqp_url: str, engine: Engine, owner: Engine, events: int, say: Say) -> tuple[list[int], float]:
    threads, publishing = Threads(4), Publishing(amqp_url, "bench")
    keeping = asyncio.create_task(publishing.keep())
    relay = Relay(engine, publishing, threads)
    running = asyncio.create_task(relay.run())
    sizes, began = [], time.perf_counter()
    for first in range(0, events, _BATCH):
        relay.submit(await asyncio.to_thread(_commit, engine, first, timedelta(seconds=OWN_PUBLISH_SECONDS)))
        if (first + _BATCH) % _PURGED_EVERY == 0:
            await (await publishing.channel()).queue_purge(_QUEUE)
            sizes.append(await asyncio.to_thread(_number, owner, _SIZE))
            say(f"outbox-size: {first + _BATCH:,} of {events:,} events, {sizes[-1] / 2**20:.1f} MiB")
        await asyncio.sleep(max(0.0, began + (first + _BATCH) / PER_SECOND - time.perf_counter()))
    seconds = time.perf_counter() - began
    await asyncio.to_thread(until, _is_relayed(owner), "every event is relayed")
    relay.finish()
    await running
    keeping.cancel()
    await asyncio.wait([keeping])
    threads.close()
    return [*sizes, _number(owner, _SIZE)], seconds


def _commit(engine: Engine, first: int, lease: timedelta) -> list[OutboxRow]:
    with transaction(engine) as connection:
        work = Transaction(connection, utc_now, "/cam/inbox", "bench")
        for number in range(first + 1, first + 1 + _BATCH):
            place = {"mailbox_id": 1, "folder": "INBOX", "uidvalidity": 1, "uid": number, "lead_id": number}
            work.emit(ReplyReceived(inbound_email_id=number, **place))
        return work.write_outbox(lease)


def _is_relayed(owner: Engine) -> Callable[[], bool]:
    return lambda: _number(owner, _LEFT) <= WAITING


def _number(engine: Engine, query: str) -> int:
    with engine.connect() as connection:
        return int(connection.execute(text(query)).scalar_one())


def _measured(events: int, seconds: float, live: int, sizes: list[int]) -> Measured:
    figures: dict[str, object] = {
        "events": events,
        "per_second": round(events / seconds),
        "waiting": WAITING,
        "live_bytes": live,
        "largest_bytes": max(sizes),
        "last_bytes": sizes[-1],
        "ratio": round(max(sizes) / live, 2),
    }
    what = f"outbox at its largest while {events:,} events pass, {WAITING:,} wait"
    row = Row(what, _mebibytes(max(sizes)), _mebibytes(live), f"{max(sizes) / live:.2f}")
    return Measured("outbox_size", figures, [row])


def _mebibytes(size: int) -> str:
    return f"{size / 2**20:.1f} MiB"
