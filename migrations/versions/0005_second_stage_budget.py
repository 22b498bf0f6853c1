"""How often the classifier's second stage was asked, by day."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this revision."""
    op.create_table(
        "llm_budgets",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("requests", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_llm_budgets")),
    )


def downgrade() -> None:
    """Take this revision back."""
    op.drop_table("llm_budgets")
