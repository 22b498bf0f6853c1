"""What `cam trace` tells: traces of e-mails, and of every handled event its trace, its cause and its attempt."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this revision."""
    op.add_column("handled_events", sa.Column("trace_id", sa.Uuid(), nullable=True))
    op.add_column("handled_events", sa.Column("causation_id", sa.Uuid(), nullable=True))
    op.add_column("handled_events", sa.Column("attempt", sa.SmallInteger(), nullable=True))
    # In two steps: a new column with a volatile default would write every row anew under a lock.
    op.add_column("outbound_emails", sa.Column("trace_id", sa.Uuid(), nullable=True))
    op.alter_column("outbound_emails", "trace_id", server_default=sa.text("gen_random_uuid()"))
    op.create_index("ix_dead_letters_event_id", "dead_letters", ["event_id"])
    op.create_index(
        "ix_cam_human_alert_logs_lead_id",
        "cam_human_alert_logs",
        ["lead_id"],
        postgresql_where=sa.text("lead_id IS NOT NULL"),
    )


def downgrade() -> None:
    """Take this revision back."""
    op.drop_index("ix_cam_human_alert_logs_lead_id", table_name="cam_human_alert_logs")
    op.drop_index("ix_dead_letters_event_id", table_name="dead_letters")
    op.drop_column("outbound_emails", "trace_id")
    for column in ("attempt", "causation_id", "trace_id"):
        op.drop_column("handled_events", column)
