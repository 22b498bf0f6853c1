"""The outbox is vacuumed after a thousand dead rows, which a busy installation makes in less than a second."""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this revision."""
    op.execute("ALTER TABLE outbox SET (autovacuum_vacuum_threshold = 1000)")


def downgrade() -> None:
    """Take this revision back."""
    op.execute("ALTER TABLE outbox SET (autovacuum_vacuum_threshold = 5000)")
