"""What people say that replies mean."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this revision."""
    op.create_table(
        "relabels",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("inbound_email_id", sa.BigInteger(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("before", sa.Text(), nullable=True),
        sa.Column("classification", sa.Text(), nullable=False),
        sa.Column("relabelled_by", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("relabelled_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "classification IN ('POSITIVE', 'NEGATIVE', 'OOO', 'BOUNCE', 'UNSUB', 'NEUTRAL')",
            name=op.f("ck_relabels_classification"),
        ),
        sa.ForeignKeyConstraint(["inbound_email_id"], ["inbound_emails.id"], name=op.f("fk_relabels_inbound_email_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_relabels")),
        sa.UniqueConstraint("inbound_email_id", "revision", name=op.f("uq_relabels_inbound_email_id_revision")),
    )
    op.add_column("inbound_emails", sa.Column("relabelled_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_inbound_emails_campaign_id", "inbound_emails", ["campaign_id", "id"])


def downgrade() -> None:
    """Take this revision back."""
    op.drop_index("ix_inbound_emails_campaign_id", table_name="inbound_emails")
    op.drop_column("inbound_emails", "relabelled_at")
    op.drop_table("relabels")
