"""E-mail that leaves and arrives, and the mailboxes it goes through."""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Column,
    Computed,
    Date,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from shared.events import Classification
from shared.states import CANCELLED, OutboundState, Provider
from shared.tables.base import VACUUM_KEEPS_PACE, identity, metadata, moment, one_of

mailboxes = Table(
    "mailboxes",
    metadata,
    identity(),
    Column("name", Text, nullable=False, unique=True),
    Column("address", Text, nullable=False),
    Column("display_name", Text, nullable=False, server_default=""),
    Column("provider", Text, nullable=False, server_default=Provider.SMTP),
    Column("smtp_host", Text),
    Column("smtp_port", Integer),
    Column("smtp_security", Text, nullable=False, server_default="starttls"),  # none, starttls, tls
    Column("smtp_username", Text),
    Column("smtp_password_ref", Text),  # env:NAME or file:/path, never the secret
    Column("resend_api_key_ref", Text),
    Column("imap_host", Text),  # null: nobody watches this mailbox
    Column("imap_port", Integer),
    Column("imap_security", Text, nullable=False, server_default="tls"),
    Column("imap_username", Text),
    Column("imap_password_ref", Text),
    Column("folders", ARRAY(Text), nullable=False, server_default="{INBOX}"),  # the first one with IDLE
    Column("daily_cap", Integer),
    moment("created_at", now=True),
    moment("send_retry_at"),  # sending rests until then (a quota, a refused password)
    Column("send_paused_reason", Text),  # null: sending works
    moment("watch_retry_at"),
    Column("watch_paused_reason", Text),  # null: watching works
    moment("watch_verified_at"),
    Column("cursors", JSONB, nullable=False, server_default="{}"),  # folder: {uidvalidity, last_uid}
    Column("unmatched_count", BigInteger, nullable=False, server_default="0"),
    Column("unparsable_count", BigInteger, nullable=False, server_default="0"),
    Column("lease_holder", Text),
    Column("lease_token", BigInteger, nullable=False, server_default="0"),  # the fencing token
    moment("lease_expires_at"),
    one_of("provider", Provider),
)

outbound_emails = Table(
    "outbound_emails",
    metadata,
    identity(),
    # Written when it is queued (console, decision).
    Column("campaign_id", BigInteger, ForeignKey("campaigns.id"), nullable=False),
    Column("lead_id", BigInteger, ForeignKey("leads.id"), nullable=False),
    Column("mailbox_id", BigInteger, ForeignKey("mailboxes.id"), nullable=False),
    Column("position", SmallInteger, nullable=False),
    Column("variant", Text, nullable=False, server_default="A"),
    Column("silence_days", Float, nullable=False),  # how long to wait for an answer to this one
    moment("due_at", now=True),
    moment("cancelled_at"),
    Column("cancel_reason", Text),
    moment("created_at", now=True),
    # The trace of all that follows from it; a launch begins one for each lead, a follow-up goes on with it.
    Column("trace_id", Uuid, server_default=func.gen_random_uuid()),
    # Written by the sender alone.
    Column("state", Text, nullable=False, server_default=OutboundState.QUEUED),
    moment("retry_at"),
    Column("message_id", Text, unique=True),
    Column("thread_message_id", Text),  # In-Reply-To of a follow-up
    Column("subject", Text),
    Column("body", Text),
    Column("attempts", SmallInteger, nullable=False, server_default="0"),
    Column("lease_token", Text),
    moment("lease_expires_at"),
    Column("provider_id", Text),
    Column("error_message", Text),
    moment("sent_at"),
    moment("silent_at"),  # when its wait is over
    moment("silence_announced_at"),
    # What people and monitoring read.
    Column(
        "status",
        Text,
        Computed(
            f"CASE WHEN state = 'QUEUED' AND cancelled_at IS NOT NULL THEN '{CANCELLED}' ELSE state END", persisted=True
        ),
        nullable=False,
    ),
    Column(
        "not_before", DateTime(timezone=True), Computed("GREATEST(due_at, retry_at)", persisted=True), nullable=False
    ),
    UniqueConstraint("lead_id", "position"),
    Index("ix_outbound_emails_queued", "campaign_id", "not_before", postgresql_where=text("status = 'QUEUED'")),
    Index("ix_outbound_emails_sending", "lease_expires_at", postgresql_where=text("status = 'SENDING'")),
    Index("ix_outbound_emails_unknown", "id", postgresql_where=text("status = 'UNKNOWN'")),
    Index(
        "ix_outbound_emails_silent",
        "silent_at",
        postgresql_where=text("status = 'SENT' AND silence_announced_at IS NULL"),
    ),
    Index("ix_outbound_emails_campaign_id_sent_at", "campaign_id", "sent_at"),
    Index("ix_outbound_emails_created_at", "created_at"),
    one_of("state", OutboundState),
    postgresql_with=VACUUM_KEEPS_PACE,
)

inbound_emails = Table(
    "inbound_emails",
    metadata,
    identity(),
    Column("mailbox_id", BigInteger, ForeignKey("mailboxes.id"), nullable=False),
    Column("folder", Text, nullable=False),
    Column("uidvalidity", BigInteger, nullable=False),
    Column("uid", BigInteger, nullable=False),
    Column("message_id", Text),
    Column("campaign_id", BigInteger),
    Column("lead_id", BigInteger),
    Column("outbound_email_id", BigInteger),
    Column("matched_by", Text),  # THREAD, BOUNCE, ADDRESS
    Column("from_address", Text, nullable=False, server_default=""),
    Column("subject", Text, nullable=False, server_default=""),
    moment("sent_at"),  # the Date header, which may lie
    moment("received_at", now=True),
    Column("headers", JSONB, nullable=False, server_default="{}"),  # the ones a classifier asks for
    Column("body", Text, nullable=False, server_default=""),  # plain text, HTML read as text
    Column("report", JSONB),  # the fields of a delivery report (RFC 3464)
    Column("size_bytes", Integer, nullable=False, server_default="0"),
    Column("parse_error", Text),
    Column("raw", LargeBinary),  # only of an e-mail that can't be parsed, its beginning
    # Written by the classifier.
    Column("classification", Text),
    Column("classification_confidence", Float),
    Column("classification_reason", Text),
    Column("classification_facts", JSONB),
    Column("classification_version", Text),
    Column("classification_revision", Integer),
    moment("classified_at"),
    # When a person last said what it means: from then on the classifier leaves it alone. Written by the console.
    moment("relabelled_at"),
    # Written by the alerter.
    Column("alert_sent", Boolean, nullable=False, server_default="false"),
    UniqueConstraint("mailbox_id", "folder", "uidvalidity", "uid"),
    Index("ix_inbound_emails_lead_id", "lead_id"),
    Index("ix_inbound_emails_campaign_id", "campaign_id", "id"),
    Index("ix_inbound_emails_message_id", "mailbox_id", "message_id"),
    Index("ix_inbound_emails_nameless", "mailbox_id", "subject", postgresql_where=text("message_id IS NULL")),
    Index("ix_inbound_emails_received_at", "received_at"),
    Index(
        "ix_inbound_emails_needs_review",
        "received_at",
        postgresql_where=text("""classification_facts @> '{"needs_review": true}'"""),
    ),
    one_of("classification", Classification),
)

# What people said that replies mean, each time; written by the console alone.
relabels = Table(
    "relabels",
    metadata,
    identity(),
    Column("inbound_email_id", BigInteger, ForeignKey("inbound_emails.id"), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("before", Text),  # null: it was not yet understood
    Column("classification", Text, nullable=False),
    Column("relabelled_by", Text, nullable=False),
    Column("note", Text, nullable=False, server_default=""),
    moment("relabelled_at", now=True),
    UniqueConstraint("inbound_email_id", "revision"),
    one_of("classification", Classification),
)

# Requests to the classifier's second stage; written by the classifier.
llm_budgets = Table(
    "llm_budgets",
    metadata,
    Column("day", Date, primary_key=True),  # UTC
    Column("requests", Integer, nullable=False, server_default="0"),
)

send_counters = Table(
    "send_counters",
    metadata,
    Column("scope", Text, primary_key=True),  # total, mailbox:1, campaign:1
    Column("day", Date, primary_key=True),  # UTC
    Column("reserved", Integer, nullable=False, server_default="0"),
)
