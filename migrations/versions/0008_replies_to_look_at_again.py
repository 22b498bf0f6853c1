"""An index on the replies that a person should look at again."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this revision."""
    op.create_index(
        "ix_inbound_emails_needs_review",
        "inbound_emails",
        ["received_at"],
        postgresql_where=sa.text("""classification_facts @> '{"needs_review": true}'"""),
    )


def downgrade() -> None:
    """Take this revision back."""
    op.drop_index("ix_inbound_emails_needs_review", table_name="inbound_emails")
