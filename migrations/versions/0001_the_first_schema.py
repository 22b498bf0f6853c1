"""The first schema."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this revision."""
    op.create_table(
        "cam_human_alert_logs",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("alert_type", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), server_default="", nullable=False),
        sa.Column("recipients", sa.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("sent_successfully", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("error_message", sa.Text(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("idempotency_key", sa.Text(), nullable=False),
        sa.Column("campaign_id", sa.BigInteger(), nullable=True),
        sa.Column("lead_id", sa.BigInteger(), nullable=True),
        sa.Column("inbound_email_id", sa.BigInteger(), nullable=True),
        sa.Column("attempts", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("details", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cam_human_alert_logs")),
        sa.UniqueConstraint("idempotency_key", name=op.f("uq_cam_human_alert_logs_idempotency_key")),
    )
    op.create_index(
        "ix_cam_human_alert_logs_pending",
        "cam_human_alert_logs",
        ["next_attempt_at"],
        unique=False,
        postgresql_where=sa.text("NOT sent_successfully"),
    )
    op.create_index("ix_cam_human_alert_logs_sent_at", "cam_human_alert_logs", ["sent_at"], unique=False)
    op.create_table(
        "cam_worker_heartbeats",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("worker_id", sa.Text(), nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), server_default="RUNNING", nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("broker_verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_delivery_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_commit_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("in_flight", sa.Integer(), server_default="0", nullable=False),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "status IN ('RUNNING', 'DRAINING', 'STOPPED', 'DEAD')", name=op.f("ck_cam_worker_heartbeats_status")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cam_worker_heartbeats")),
        sa.UniqueConstraint("worker_id", name=op.f("uq_cam_worker_heartbeats_worker_id")),
    )
    op.create_table(
        "dead_letters",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("queue", sa.Text(), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=True),
        sa.Column("event_type", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("exception", sa.Text(), server_default="", nullable=False),
        sa.Column("attempts", sa.SmallInteger(), server_default="1", nullable=False),
        sa.Column("died_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dead_letters")),
    )
    op.create_index("ix_dead_letters_died_at", "dead_letters", ["died_at"], unique=False)
    op.create_table(
        "decisions",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("campaign_id", sa.BigInteger(), nullable=True),
        sa.Column("lead_id", sa.BigInteger(), nullable=True),
        sa.Column("inbound_email_id", sa.BigInteger(), nullable=True),
        sa.Column("outbound_email_id", sa.BigInteger(), nullable=True),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("inputs", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decisions")),
    )
    op.create_index("ix_decisions_campaign_id", "decisions", ["campaign_id", "decided_at"], unique=False)
    op.create_index(
        "ix_decisions_inbound_email_id",
        "decisions",
        ["inbound_email_id"],
        unique=False,
        postgresql_where=sa.text("inbound_email_id IS NOT NULL"),
    )
    op.create_index(
        "ix_decisions_lead_id", "decisions", ["lead_id"], unique=False, postgresql_where=sa.text("lead_id IS NOT NULL")
    )
    op.create_table(
        "handled_events",
        sa.Column("consumer", sa.Text(), nullable=False),
        sa.Column("idempotency_key", sa.Text(), nullable=False),
        sa.Column("handled_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("consumer", "idempotency_key", name=op.f("pk_handled_events")),
    )
    op.create_table(
        "mailboxes",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("display_name", sa.Text(), server_default="", nullable=False),
        sa.Column("provider", sa.Text(), server_default="SMTP", nullable=False),
        sa.Column("smtp_host", sa.Text(), nullable=True),
        sa.Column("smtp_port", sa.Integer(), nullable=True),
        sa.Column("smtp_security", sa.Text(), server_default="starttls", nullable=False),
        sa.Column("smtp_username", sa.Text(), nullable=True),
        sa.Column("smtp_password_ref", sa.Text(), nullable=True),
        sa.Column("resend_api_key_ref", sa.Text(), nullable=True),
        sa.Column("imap_host", sa.Text(), nullable=True),
        sa.Column("imap_port", sa.Integer(), nullable=True),
        sa.Column("imap_security", sa.Text(), server_default="tls", nullable=False),
        sa.Column("imap_username", sa.Text(), nullable=True),
        sa.Column("imap_password_ref", sa.Text(), nullable=True),
        sa.Column("folders", sa.ARRAY(sa.Text()), server_default="{INBOX}", nullable=False),
        sa.Column("daily_cap", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("send_retry_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("send_paused_reason", sa.Text(), nullable=True),
        sa.Column("watch_retry_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("watch_paused_reason", sa.Text(), nullable=True),
        sa.Column("watch_verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cursors", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("unmatched_count", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("unparsable_count", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("lease_holder", sa.Text(), nullable=True),
        sa.Column("lease_token", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("lease_expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("provider IN ('SMTP', 'RESEND', 'DRY_RUN')", name=op.f("ck_mailboxes_provider")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailboxes")),
        sa.UniqueConstraint("name", name=op.f("uq_mailboxes_name")),
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("available_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        postgresql_with={"autovacuum_vacuum_scale_factor": "0.0", "autovacuum_vacuum_threshold": "5000"},
    )
    op.create_index("ix_outbox_available_at", "outbox", ["available_at"], unique=False)
    op.create_table(
        "send_counters",
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("reserved", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("scope", "day", name=op.f("pk_send_counters")),
    )
    op.create_table(
        "suppressions",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("inbound_email_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suppressions")),
        sa.UniqueConstraint("target", name=op.f("uq_suppressions_target")),
    )
    op.create_table(
        "suspects",
        sa.Column("consumer", sa.Text(), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("starts", sa.SmallInteger(), server_default="1", nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("consumer", "event_id", name=op.f("pk_suspects")),
    )
    op.create_table(
        "campaigns",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("mailbox_id", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Text(), server_default="DRAFT", nullable=False),
        sa.Column("status_reason", sa.Text(), server_default="", nullable=False),
        sa.Column("status_changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("end_policy", sa.Text(), server_default="NURTURE", nullable=False),
        sa.Column("end_wait_days", sa.Float(), server_default="7", nullable=False),
        sa.Column("timezone", sa.Text(), server_default="UTC", nullable=False),
        sa.Column("window_start_minute", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("window_end_minute", sa.SmallInteger(), server_default="1440", nullable=False),
        sa.Column("window_weekdays", sa.ARRAY(sa.SmallInteger()), server_default="{1,2,3,4,5,6,7}", nullable=False),
        sa.Column("daily_cap", sa.Integer(), nullable=True),
        sa.Column("auto_pause", sa.Boolean(), nullable=True),
        sa.Column("min_reply_rate", sa.Float(), nullable=True),
        sa.Column("min_sends_to_evaluate", sa.Integer(), nullable=True),
        sa.Column("rules_since", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("end_policy IN ('NURTURE', 'DEAD')", name=op.f("ck_campaigns_end_policy")),
        sa.CheckConstraint(
            "status IN ('DRAFT', 'RUNNING', 'DEGRADED', 'PAUSED', 'FINISHED')", name=op.f("ck_campaigns_status")
        ),
        sa.ForeignKeyConstraint(["mailbox_id"], ["mailboxes.id"], name=op.f("fk_campaigns_mailbox_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaigns")),
        sa.UniqueConstraint("name", name=op.f("uq_campaigns_name")),
    )
    op.create_table(
        "inbound_emails",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("mailbox_id", sa.BigInteger(), nullable=False),
        sa.Column("folder", sa.Text(), nullable=False),
        sa.Column("uidvalidity", sa.BigInteger(), nullable=False),
        sa.Column("uid", sa.BigInteger(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=True),
        sa.Column("campaign_id", sa.BigInteger(), nullable=True),
        sa.Column("lead_id", sa.BigInteger(), nullable=True),
        sa.Column("outbound_email_id", sa.BigInteger(), nullable=True),
        sa.Column("matched_by", sa.Text(), nullable=True),
        sa.Column("from_address", sa.Text(), server_default="", nullable=False),
        sa.Column("subject", sa.Text(), server_default="", nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("headers", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("body", sa.Text(), server_default="", nullable=False),
        sa.Column("report", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("size_bytes", sa.Integer(), server_default="0", nullable=False),
        sa.Column("parse_error", sa.Text(), nullable=True),
        sa.Column("raw", sa.LargeBinary(), nullable=True),
        sa.Column("classification", sa.Text(), nullable=True),
        sa.Column("classification_confidence", sa.Float(), nullable=True),
        sa.Column("classification_reason", sa.Text(), nullable=True),
        sa.Column("classification_facts", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("classification_version", sa.Text(), nullable=True),
        sa.Column("classification_revision", sa.Integer(), nullable=True),
        sa.Column("classified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("alert_sent", sa.Boolean(), server_default="false", nullable=False),
        sa.CheckConstraint(
            "classification IN ('POSITIVE', 'NEGATIVE', 'OOO', 'BOUNCE', 'UNSUB', 'NEUTRAL')",
            name=op.f("ck_inbound_emails_classification"),
        ),
        sa.ForeignKeyConstraint(["mailbox_id"], ["mailboxes.id"], name=op.f("fk_inbound_emails_mailbox_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbound_emails")),
        sa.UniqueConstraint(
            "mailbox_id",
            "folder",
            "uidvalidity",
            "uid",
            name=op.f("uq_inbound_emails_mailbox_id_folder_uidvalidity_uid"),
        ),
    )
    op.create_index("ix_inbound_emails_lead_id", "inbound_emails", ["lead_id"], unique=False)
    op.create_index("ix_inbound_emails_message_id", "inbound_emails", ["mailbox_id", "message_id"], unique=False)
    op.create_index("ix_inbound_emails_received_at", "inbound_emails", ["received_at"], unique=False)
    op.create_table(
        "campaign_metrics",
        sa.Column("campaign_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("variant", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("sent", sa.Integer(), server_default="0", nullable=False),
        sa.Column("positive", sa.Integer(), server_default="0", nullable=False),
        sa.Column("negative", sa.Integer(), server_default="0", nullable=False),
        sa.Column("neutral", sa.Integer(), server_default="0", nullable=False),
        sa.Column("unsub", sa.Integer(), server_default="0", nullable=False),
        sa.Column("ooo", sa.Integer(), server_default="0", nullable=False),
        sa.Column("bounce", sa.Integer(), server_default="0", nullable=False),
        sa.Column("timeouts", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_campaign_metrics_campaign_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("campaign_id", "position", "variant", "day", name=op.f("pk_campaign_metrics")),
    )
    op.create_table(
        "leads",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("campaign_id", sa.BigInteger(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("fields", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("timezone", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), server_default="NEW", nullable=False),
        sa.Column("status_reason", sa.Text(), server_default="", nullable=False),
        sa.Column("last_contacted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_replied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("hold_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "status IN ('NEW', 'CONTACTED', 'ON_HOLD', 'REVIEW', 'QUALIFIED', 'SUPPRESSED', 'UNSUBSCRIBED', 'BOUNCED', 'NURTURE', 'DEAD')",
            name=op.f("ck_leads_status"),
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_leads_campaign_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leads")),
        sa.UniqueConstraint("campaign_id", "email", name=op.f("uq_leads_campaign_id_email")),
    )
    op.create_index("ix_leads_campaign_id_status", "leads", ["campaign_id", "status"], unique=False)
    op.create_index("ix_leads_email", "leads", ["email"], unique=False)
    op.create_index(
        "ix_leads_written_to",
        "leads",
        ["id"],
        unique=False,
        postgresql_where=sa.text("status = 'NEW' AND last_contacted_at IS NOT NULL"),
    )
    op.create_index(
        "ix_leads_hold_until", "leads", ["hold_until"], unique=False, postgresql_where=sa.text("status = 'ON_HOLD'")
    )
    op.create_table(
        "sequence_steps",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("campaign_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("variant", sa.Text(), server_default="A", nullable=False),
        sa.Column("wait_days", sa.Float(), server_default="0", nullable=False),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_sequence_steps_campaign_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sequence_steps")),
        sa.UniqueConstraint(
            "campaign_id", "position", "variant", name=op.f("uq_sequence_steps_campaign_id_position_variant")
        ),
    )
    op.create_table(
        "outbound_emails",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("campaign_id", sa.BigInteger(), nullable=False),
        sa.Column("lead_id", sa.BigInteger(), nullable=False),
        sa.Column("mailbox_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("variant", sa.Text(), server_default="A", nullable=False),
        sa.Column("silence_days", sa.Float(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancel_reason", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("state", sa.Text(), server_default="QUEUED", nullable=False),
        sa.Column("retry_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("message_id", sa.Text(), nullable=True),
        sa.Column("thread_message_id", sa.Text(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("attempts", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("lease_token", sa.Text(), nullable=True),
        sa.Column("lease_expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("provider_id", sa.Text(), nullable=True),
        sa.Column("error_message", sa.Text(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("silent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("silence_announced_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "status",
            sa.Text(),
            sa.Computed(
                "CASE WHEN state = 'QUEUED' AND cancelled_at IS NOT NULL THEN 'CANCELLED' ELSE state END",
                persisted=True,
            ),
            nullable=False,
        ),
        sa.Column(
            "not_before",
            sa.DateTime(timezone=True),
            sa.Computed("GREATEST(due_at, retry_at)", persisted=True),
            nullable=False,
        ),
        sa.CheckConstraint(
            "state IN ('QUEUED', 'SENDING', 'SENT', 'FAILED', 'UNKNOWN', 'SKIPPED')",
            name=op.f("ck_outbound_emails_state"),
        ),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_outbound_emails_campaign_id")),
        sa.ForeignKeyConstraint(["lead_id"], ["leads.id"], name=op.f("fk_outbound_emails_lead_id")),
        sa.ForeignKeyConstraint(["mailbox_id"], ["mailboxes.id"], name=op.f("fk_outbound_emails_mailbox_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbound_emails")),
        sa.UniqueConstraint("lead_id", "position", name=op.f("uq_outbound_emails_lead_id_position")),
        sa.UniqueConstraint("message_id", name=op.f("uq_outbound_emails_message_id")),
    )
    op.create_index(
        "ix_outbound_emails_campaign_id_sent_at", "outbound_emails", ["campaign_id", "sent_at"], unique=False
    )
    op.create_index("ix_outbound_emails_created_at", "outbound_emails", ["created_at"], unique=False)
    op.create_index(
        "ix_outbound_emails_queued",
        "outbound_emails",
        ["campaign_id", "not_before"],
        unique=False,
        postgresql_where=sa.text("status = 'QUEUED'"),
    )
    op.create_index(
        "ix_outbound_emails_sending",
        "outbound_emails",
        ["lease_expires_at"],
        unique=False,
        postgresql_where=sa.text("status = 'SENDING'"),
    )
    op.create_index(
        "ix_outbound_emails_silent",
        "outbound_emails",
        ["silent_at"],
        unique=False,
        postgresql_where=sa.text("status = 'SENT' AND silence_announced_at IS NULL"),
    )
    op.create_index(
        "ix_outbound_emails_unknown",
        "outbound_emails",
        ["id"],
        unique=False,
        postgresql_where=sa.text("status = 'UNKNOWN'"),
    )
    _heartbeat_policies()


def _heartbeat_policies() -> None:
    """Each service writes its own heartbeat rows only; the alerter marks the silent ones DEAD."""
    table = "cam_worker_heartbeats"
    own = "'cam_' || service = current_user"
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY everybody_reads ON {table} FOR SELECT USING (true)")
    op.execute(f"CREATE POLICY own_rows ON {table} USING ({own}) WITH CHECK ({own})")
    op.execute(f"CREATE POLICY alerter_marks ON {table} FOR UPDATE USING (current_user = 'cam_alerter')")
    op.execute(f"CREATE POLICY alerter_cleans ON {table} FOR DELETE USING (current_user = 'cam_alerter')")


def downgrade() -> None:
    """Take this revision back."""
    op.drop_index(
        "ix_outbound_emails_unknown", table_name="outbound_emails", postgresql_where=sa.text("status = 'UNKNOWN'")
    )
    op.drop_index(
        "ix_outbound_emails_silent",
        table_name="outbound_emails",
        postgresql_where=sa.text("status = 'SENT' AND silence_announced_at IS NULL"),
    )
    op.drop_index(
        "ix_outbound_emails_sending", table_name="outbound_emails", postgresql_where=sa.text("status = 'SENDING'")
    )
    op.drop_index(
        "ix_outbound_emails_queued", table_name="outbound_emails", postgresql_where=sa.text("status = 'QUEUED'")
    )
    op.drop_index("ix_outbound_emails_created_at", table_name="outbound_emails")
    op.drop_index("ix_outbound_emails_campaign_id_sent_at", table_name="outbound_emails")
    op.drop_table("outbound_emails")
    op.drop_table("sequence_steps")
    op.drop_index("ix_leads_hold_until", table_name="leads", postgresql_where=sa.text("status = 'ON_HOLD'"))
    op.drop_index(
        "ix_leads_written_to",
        table_name="leads",
        postgresql_where=sa.text("status = 'NEW' AND last_contacted_at IS NOT NULL"),
    )
    op.drop_index("ix_leads_email", table_name="leads")
    op.drop_index("ix_leads_campaign_id_status", table_name="leads")
    op.drop_table("leads")
    op.drop_table("campaign_metrics")
    op.drop_index("ix_inbound_emails_received_at", table_name="inbound_emails")
    op.drop_index("ix_inbound_emails_message_id", table_name="inbound_emails")
    op.drop_index("ix_inbound_emails_lead_id", table_name="inbound_emails")
    op.drop_table("inbound_emails")
    op.drop_table("campaigns")
    op.drop_table("suspects")
    op.drop_table("suppressions")
    op.drop_table("send_counters")
    op.drop_index("ix_outbox_available_at", table_name="outbox")
    op.drop_table("outbox")
    op.drop_table("mailboxes")
    op.drop_table("handled_events")
    op.drop_index("ix_decisions_lead_id", table_name="decisions", postgresql_where=sa.text("lead_id IS NOT NULL"))
    op.drop_index(
        "ix_decisions_inbound_email_id",
        table_name="decisions",
        postgresql_where=sa.text("inbound_email_id IS NOT NULL"),
    )
    op.drop_index("ix_decisions_campaign_id", table_name="decisions")
    op.drop_table("decisions")
    op.drop_index("ix_dead_letters_died_at", table_name="dead_letters")
    op.drop_table("dead_letters")
    op.drop_table("cam_worker_heartbeats")
    op.drop_index("ix_cam_human_alert_logs_sent_at", table_name="cam_human_alert_logs")
    op.drop_index(
        "ix_cam_human_alert_logs_pending",
        table_name="cam_human_alert_logs",
        postgresql_where=sa.text("NOT sent_successfully"),
    )
    op.drop_table("cam_human_alert_logs")
