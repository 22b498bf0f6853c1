"""What the console needs to replay, edit and discard dead letters: their names, and who did what when and why."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_NEW = (
    ("letter_id", sa.Text),
    ("replay_id", sa.BigInteger),
    ("replayed_letter_id", sa.Text),
    ("resolved_at", lambda: sa.DateTime(timezone=True)),
    ("resolution", sa.Text),
)


def upgrade() -> None:
    """Apply this revision."""
    for name, kind in _NEW:
        op.add_column("dead_letters", sa.Column(name, kind(), nullable=True))
    op.create_index("ix_dead_letters_letter_id", "dead_letters", ["letter_id"])
    op.create_index(
        "ix_dead_letters_replay_id",
        "dead_letters",
        ["replay_id"],
        postgresql_where=sa.text("replay_id IS NOT NULL"),
    )
    op.create_table(
        "dead_letter_actions",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("operator", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("selection", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("chosen", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dead_letter_actions")),
    )
    op.create_index("ix_dead_letter_actions_started_at", "dead_letter_actions", ["started_at"])
    op.create_table(
        "dead_letter_results",
        sa.Column("action_id", sa.BigInteger(), nullable=False),
        sa.Column("letter_id", sa.Text(), nullable=False),
        sa.Column("queue", sa.Text(), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=True),
        sa.Column("idempotency_key", sa.Text(), nullable=True),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["action_id"],
            ["dead_letter_actions.id"],
            name=op.f("fk_dead_letter_results_action_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("action_id", "letter_id", name=op.f("pk_dead_letter_results")),
    )


def downgrade() -> None:
    """Take this revision back."""
    op.drop_table("dead_letter_results")
    op.drop_table("dead_letter_actions")
    op.drop_index("ix_dead_letters_replay_id", table_name="dead_letters")
    op.drop_index("ix_dead_letters_letter_id", table_name="dead_letters")
    for name, _ in reversed(_NEW):
        op.drop_column("dead_letters", name)
