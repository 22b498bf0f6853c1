"""Whether the cost of an e-mail grows with the tables: the same work with few and with very many e-mails in them.

Time is measured in turn, because it is noisy. The blocks that PostgreSQL touches (8 KiB each, found in its memory
or not) hardly are, but autovacuum's are among them and come all at once: their mean counts, not the median.
"""

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from statistics import mean, median

from sqlalchemy import Engine, text

from benchmarks import history, smtp_sink
from benchmarks.figures import Measured, Row, Say
from benchmarks.running import FOLDER, until
from console.servers import Servers
from console.stage import fresh_stage
from services.sender.config import SenderSettings
from services.sender.jobs import send_due
from services.sender.journals import Journals
from services.sender.smtp import SmtpProvider
from shared import logs, migrate
from shared.database import open_engine
from shared.errors import CamError
from shared.mail.smtp import SmtpServer
from shared.roles import role_of
from shared.unit_of_work import UnitOfWork

SMALL = 10_000
_NEW_LEADS = """\
INSERT INTO leads (campaign_id, email, fields)
SELECT 1, 'new' || :round || '.' || n || '@example.test', '{"first_name": "Jane", "company": "Northwind"}'
FROM generate_series(1, :count) AS n"""
_QUEUED = """\
INSERT INTO outbound_emails (campaign_id, lead_id, mailbox_id, position, silence_days)
SELECT 1, id, 2, 1, 3 FROM leads WHERE campaign_id = 1 AND status = 'NEW' AND last_contacted_at IS NULL"""
_BLOCKS = "SELECT blks_hit + blks_read FROM pg_stat_database WHERE datname = current_database()"
_BUSY = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'cam_sender'"
_LEFT = "SELECT count(*) FROM outbound_emails WHERE status IN ('QUEUED', 'SENDING')"


@dataclass(frozen=True, slots=True)
class Cost:
    """What one e-mail cost in one round."""

    seconds: float
    blocks: float


def measure(servers: Servers, count: int, emails: int, *, rounds: int, say: Say) -> Measured:
    """Send `count` e-mails a round with 10,000 and with `emails` e-mails in the tables."""
    logs.configure("WARNING", "bench")
    sizes = (SMALL, emails)
    costs: dict[int, list[Cost]] = {size: [] for size in sizes}
    with ExitStack() as stack:
        port = stack.enter_context(smtp_sink.running())
        databases = {size: stack.enter_context(_database(servers, size, say)) for size in sizes}
        for number in range(1, rounds + 1):
            for size, engine in databases.items():
                costs[size].append(_send(engine, port, number, count))
                told = f"{costs[size][-1].seconds * 1000:.2f} ms, {costs[size][-1].blocks:,.0f} blocks an e-mail"
                say(f"growth, round {number} of {rounds}, {size:,} in the tables: {told}")
    return _measured(count, emails, costs[SMALL], costs[emails])


@contextmanager
def _database(servers: Servers, emails: int, say: Say) -> Iterator[Engine]:
    with fresh_stage(servers, f"cam_bench_growth_{emails}", keep=False) as stage:
        migrate.upgrade(stage.database_url)
        engine = open_engine(stage.database_url)
        say(f"growth: filling the tables with {emails:,} e-mails")
        history.fill(engine, emails)
        try:
            yield engine
        finally:
            engine.dispose()


def _send(engine: Engine, port: int, number: int, count: int) -> Cost:
    with engine.begin() as connection:
        connection.execute(text(_NEW_LEADS), {"round": number, "count": count})
        connection.execute(text(_QUEUED))
    settings = SenderSettings.model_validate(
        {"database_url": "postgresql://unused", "email_daily_cap": 10**9, "email_batch_cap": 10_000}
    )
    sender = open_engine(engine.url.render_as_string(hide_password=False), role=role_of("sender"))
    server = SmtpServer(smtp_sink.HOST, port, "none")
    journals = Journals.at(FOLDER / "journals", "postgresql://unused")
    before, began = _number(engine, _BLOCKS), time.perf_counter()
    send_due(
        UnitOfWork(sender, source="/cam/sender"),
        settings=settings,
        journals=journals,
        open_provider=lambda _mailbox, _kind, begin: SmtpProvider(server, begin),
        stop=threading.Event(),
    )
    seconds = time.perf_counter() - began
    sender.dispose()
    # What a connection has counted is added up when it ends.
    until(lambda: _number(engine, _BUSY) == 0, "the sender's connections are closed")
    if left := _number(engine, _LEFT):
        raise CamError(f"{left} of {count} e-mails were not sent")
    return Cost(seconds / count, (_number(engine, _BLOCKS) - before) / count)


def _number(engine: Engine, query: str) -> int:
    with engine.connect() as connection:
        return int(connection.execute(text(query)).scalar_one())


def _measured(count: int, emails: int, small: Sequence[Cost], large: Sequence[Cost]) -> Measured:
    seconds = [median(cost.seconds for cost in costs) for costs in (large, small)]
    blocks = [mean(cost.blocks for cost in costs) for costs in (large, small)]
    figures: dict[str, object] = {
        "count": count,
        "emails_in_the_tables": [SMALL, emails],
        "milliseconds_each": [round(1000 * value, 3) for value in reversed(seconds)],
        "ratio": round(seconds[0] / seconds[1], 2),
        "blocks_each": [round(value, 1) for value in reversed(blocks)],
        "blocks_ratio": round(blocks[0] / blocks[1], 2),
        "round_milliseconds_each": [[round(1000 * cost.seconds, 3) for cost in costs] for costs in (small, large)],
    }
    what = f"with {emails:,} in the tables instead of {SMALL:,}"
    milliseconds = [f"{1000 * value:.2f} ms" for value in seconds]
    touched = [f"{value:,.0f}" for value in blocks]
    return Measured(
        "growth",
        figures,
        [
            Row(f"an e-mail sent, {what}", milliseconds[0], milliseconds[1], f"{seconds[0] / seconds[1]:.2f}"),
            Row("the same, blocks of PostgreSQL", touched[0], touched[1], f"{blocks[0] / blocks[1]:.2f}"),
        ],
    )
