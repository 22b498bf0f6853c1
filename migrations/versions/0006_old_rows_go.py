"""What forgetting old rows needs: an index of the guards by time, and vacuum that keeps pace."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this revision."""
    op.create_index("ix_handled_events_handled_at", "handled_events", ["handled_at"])
    op.execute("ALTER TABLE outbox SET (autovacuum_vacuum_cost_delay = 0)")
    op.execute("ALTER TABLE handled_events SET (autovacuum_vacuum_scale_factor = 0.02)")


def downgrade() -> None:
    """Take this revision back."""
    op.execute("ALTER TABLE handled_events RESET (autovacuum_vacuum_scale_factor)")
    op.execute("ALTER TABLE outbox RESET (autovacuum_vacuum_cost_delay)")
    op.drop_index("ix_handled_events_handled_at", table_name="handled_events")
