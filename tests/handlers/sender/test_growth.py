"""What a claim touches does not grow with the queue, even where PostgreSQL's statistics are old."""

from sqlalchemy import text

from services.sender.claim import claim
from shared.states import Provider
from shared.unit_of_work import UnitOfWork
from tests.handlers.sender.world import World, settings

_LEADS = (
    "INSERT INTO leads (campaign_id, email) SELECT 1, 'lead' || n || '@example.org' FROM generate_series(1, 43000) AS n"
)
_SENT = """
INSERT INTO outbound_emails (campaign_id, lead_id, mailbox_id, position, silence_days, state)
SELECT 1, id, 1, 1, 3, 'SENT' FROM leads WHERE id <= 40000
"""
_LAUNCH = """
INSERT INTO outbound_emails (campaign_id, lead_id, mailbox_id, position, silence_days, due_at)
SELECT 1, id, 1, 1, 3, '2026-01-01' FROM leads WHERE id > 40000 ORDER BY id
"""
# Rows that this transaction has read so far, by index and otherwise.
_READ = """
SELECT seq_tup_read + COALESCE(idx_tup_fetch, 0) FROM pg_stat_xact_user_tables WHERE relname = 'outbound_emails'
"""


def test_a_claim_reads_its_own_rows_and_not_the_queue(world: World, uow: UnitOfWork) -> None:
    world.campaign(world.mailbox(), steps=(("Hello", "Hi"),))
    with world.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ALTER TABLE outbound_emails SET (autovacuum_enabled = false)"))
        # A launch right after PostgreSQL has looked: it believes that nothing is queued.
        for statement in (_LEADS, _SENT, "ANALYZE", _LAUNCH):
            connection.execute(text(statement))
    with uow.begin() as tx:
        claimed = claim(tx, list(range(42001, 42011)), settings(), Provider.SMTP)
        read = tx.connection.execute(text(_READ)).scalar_one()
    assert len(claimed) == 10
    assert read <= 100
