"""What a reply costs when the tables are large: the same replies in a small and in a large installation.

Each of the two has a database of its own, filled once: every lead was written to and has answered, which was
understood, decided and alerted about long ago. Then, in turn, some replies more pass all hops.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from statistics import mean, median

from sqlalchemy import Engine, text

from benchmarks import rows
from benchmarks.figures import Measured, Row, Say
from benchmarks.replies import REPLY, SERVICES, announce
from benchmarks.running import count as number_of
from benchmarks.running import services, until
from console.servers import Servers
from console.stage import Stage, fresh_stage
from shared import migrate
from shared.clock import utc_now
from shared.database import open_engine
from shared.messaging import topology
from shared.tables import alert_logs

SMALL = 10_000
REPLIES = 2_000
_NEWEST = "SELECT coalesce(max(id), 0) FROM cam_human_alert_logs"
_BLOCKS = "SELECT blks_hit + blks_read FROM pg_stat_database WHERE datname = current_database()"
_BUSY = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND starts_with(application_name, 'cam_')"
)
# Long ago, one second apart, so that the planner meets realistic times.
_SENT = """\
INSERT INTO outbound_emails (campaign_id, lead_id, mailbox_id, position, silence_days, state, sent_at, silent_at,
                             silence_announced_at, message_id, subject, body, created_at)
SELECT 1, n, 1, 1, 3, 'SENT', at, at, at, '<' || n || '@cam.test>', 'A question', repeat('pitch ', 60), at
FROM generate_series(1, :count) AS n,
    LATERAL (SELECT CAST(:then AS timestamptz) - n * interval '1 second') AS old (at)"""
# The first ones are new; about all others everything was done.
_REPLIED = """\
INSERT INTO inbound_emails (mailbox_id, folder, uidvalidity, uid, message_id, campaign_id, lead_id, outbound_email_id,
    from_address, subject, body, received_at, classification, classification_version, classified_at, alert_sent)
SELECT 1, 'INBOX', 1, n, '<' || n || '@example.test>', 1, n, n, 'lead' || n || '@example.test', 'Re: a question',
    :reply, CASE WHEN n > :new THEN at ELSE now() END, CASE WHEN n > :new THEN 'POSITIVE' END,
    CASE WHEN n > :new THEN 'bench' END, CASE WHEN n > :new THEN at END, n > :new
FROM generate_series(1, :count) AS n,
    LATERAL (SELECT CAST(:then AS timestamptz) - n * interval '1 second') AS old (at)"""
_GUARDS = """\
INSERT INTO handled_events (consumer, idempotency_key, handled_at)
SELECT consumer, consumer || '/' || n, CAST(:then AS timestamptz) - n * interval '1 second'
FROM generate_series(CAST(:new AS bigint) + 1, :count) AS n,
    unnest(ARRAY['classifier.reply.received', 'decision.reply.classified', 'alerter.alert.requested']) AS consumer"""
_DECISIONS = """\
INSERT INTO decisions (campaign_id, lead_id, inbound_email_id, outbound_email_id, rule, outcome, decided_at)
SELECT 1, n, n, n, 'POSITIVE', 'QUALIFIED', CAST(:then AS timestamptz) - n * interval '1 second'
FROM generate_series(CAST(:new AS bigint) + 1, :count) AS n"""
_ALERTS = """\
INSERT INTO cam_human_alert_logs (alert_type, title, sent_successfully, sent_at, idempotency_key, lead_id,
                                  inbound_email_id)
SELECT 'POSITIVE_REPLY', 'A yes', true, CAST(:then AS timestamptz) - n * interval '1 second',
    'POSITIVE_REPLY/old/' || n, n, n FROM generate_series(CAST(:new AS bigint) + 1, :count) AS n"""
_BEGINNING = (rows.MAILBOX, rows.CAMPAIGN, rows.LEADS, _SENT, _REPLIED, _GUARDS, _DECISIONS, _ALERTS)


@dataclass(frozen=True, slots=True)
class Cost:
    """What one reply cost in one round: time, which is noisy, and PostgreSQL's blocks of 8 KiB, which hardly are."""

    seconds: float
    blocks: float


def measure(
    stage: Stage, servers: Servers, environment: Mapping[str, str], emails: int, *, rounds: int, say: Say
) -> Measured:
    """Let `REPLIES` replies a round pass all hops, beside 10,000 and beside `emails` e-mails."""
    with fresh_stage(servers, f"{stage.name}_large", keep=False) as large:
        migrate.upgrade(large.database_url)
        topology.set_up(large.amqp_url)
        stages = {SMALL: stage, emails: large}
        engines = {size: open_engine(each.database_url) for size, each in stages.items()}
        costs: dict[int, list[Cost]] = {size: [] for size in stages}
        try:
            for size, engine in engines.items():
                say(f"reply_growth: filling the tables with {size:,} e-mails")
                _fill(engine, size + REPLIES * rounds, new=REPLIES * rounds)
            for number in range(rounds):
                for size, each in stages.items():
                    settings = dict(environment) | each.environment(servers)
                    costs[size].append(_pass(engines[size], settings, number))
                told = ", ".join(f"{costs[size][-1].blocks:,.0f} blocks a reply at {size:,}" for size in stages)
                say(f"reply_growth, round {number + 1} of {rounds}: {told}")
        finally:
            for engine in engines.values():
                engine.dispose()
    return _measured(costs[SMALL], costs[emails], emails)


def _fill(engine: Engine, size: int, new: int) -> None:
    values = {"address": "bench@cam.test", "status": "RUNNING", "lead_status": "CONTACTED", "reply": REPLY}
    rows.fill(engine, _BEGINNING, count=size, new=new, then=utc_now() - timedelta(days=30), **values)


def _pass(engine: Engine, settings: Mapping[str, str], number: int) -> Cost:
    first = 1 + number * REPLIES
    newest, before = _number(engine, _NEWEST), _number(engine, _BLOCKS)
    alerted = (alert_logs.c.id > newest) & alert_logs.c.sent_successfully
    with services(engine, SERVICES, settings):
        began = time.perf_counter()
        announce(engine, range(first, first + REPLIES))
        until(lambda: number_of(engine, alert_logs, alerted) >= REPLIES, "every reply is alerted", poll_seconds=0.1)
        seconds = time.perf_counter() - began
    # What a connection has counted is added up when it ends.
    until(lambda: _number(engine, _BUSY) == 0, "the services' connections are closed")
    return Cost(seconds / REPLIES, (_number(engine, _BLOCKS) - before) / REPLIES)


def _number(engine: Engine, query: str) -> int:
    with engine.connect() as connection:
        return int(connection.execute(text(query)).scalar_one())


def _measured(small: Sequence[Cost], large: Sequence[Cost], emails: int) -> Measured:
    seconds = [median(cost.seconds for cost in costs) for costs in (large, small)]
    blocks = [mean(cost.blocks for cost in costs) for costs in (large, small)]
    figures: dict[str, object] = {
        "count": REPLIES,
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
        "growth_of_replies",
        figures,
        [
            Row(
                f"a reply through all hops, {what}", milliseconds[0], milliseconds[1], f"{seconds[0] / seconds[1]:.2f}"
            ),
            Row("the same, blocks of PostgreSQL", touched[0], touched[1], f"{blocks[0] / blocks[1]:.2f}"),
        ],
    )
