"""An index for e-mails without a Message-ID, which are looked up by their subjects."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this revision."""
    op.create_index(
        "ix_inbound_emails_nameless",
        "inbound_emails",
        ["mailbox_id", "subject"],
        postgresql_where=sa.text("message_id IS NULL"),
    )


def downgrade() -> None:
    """Take this revision back."""
    op.drop_index("ix_inbound_emails_nameless", table_name="inbound_emails")
