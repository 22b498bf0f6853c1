"""What keeps the services honest: heartbeats, alerts, outbox and guard."""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Identity,
    Index,
    Integer,
    SmallInteger,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from shared.states import WorkerStatus
from shared.tables.base import identity, metadata, moment, one_of

heartbeats = Table(
    "cam_worker_heartbeats",
    metadata,
    identity(),
    Column("worker_id", Text, nullable=False, unique=True),
    Column("service", Text, nullable=False),
    Column("status", Text, nullable=False, server_default=WorkerStatus.RUNNING),
    moment("last_seen_at", now=True),
    moment("started_at", now=True),
    moment("broker_verified_at"),
    moment("last_delivery_at"),
    moment("last_commit_at"),
    Column("in_flight", Integer, nullable=False, server_default="0"),
    Column("last_error", Text),
    one_of("status", WorkerStatus),
)

alert_logs = Table(
    "cam_human_alert_logs",
    metadata,
    identity(),
    Column("alert_type", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("message", Text, nullable=False, server_default=""),
    Column("recipients", ARRAY(Text), nullable=False, server_default="{}"),
    Column("sent_successfully", Boolean, nullable=False, server_default="false"),
    Column("error_message", Text),
    moment("sent_at"),
    Column("idempotency_key", Text, nullable=False, unique=True),
    Column("campaign_id", BigInteger),
    Column("lead_id", BigInteger),
    Column("inbound_email_id", BigInteger),
    Column("attempts", SmallInteger, nullable=False, server_default="0"),
    Column("details", JSONB, nullable=False, server_default="{}"),
    moment("next_attempt_at"),  # also the lease of an attempt that is under way; null: nothing more to do
    moment("created_at", now=True),
    Index("ix_cam_human_alert_logs_pending", "next_attempt_at", postgresql_where=text("NOT sent_successfully")),
    Index("ix_cam_human_alert_logs_sent_at", "sent_at"),
    Index("ix_cam_human_alert_logs_lead_id", "lead_id", postgresql_where=text("lead_id IS NOT NULL")),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("event_id", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("body", Text, nullable=False),  # the envelope as it will be published
    moment("available_at", now=True),  # until then its writer publishes it itself
    moment("created_at", now=True),
    Index("ix_outbox_available_at", "available_at"),
    postgresql_with={
        "autovacuum_vacuum_scale_factor": "0.0",
        "autovacuum_vacuum_threshold": "1000",
        "autovacuum_vacuum_cost_delay": "0",
    },
)

handled_events = Table(
    "handled_events",
    metadata,
    Column("consumer", Text, primary_key=True),
    Column("idempotency_key", Text, primary_key=True),
    moment("handled_at", now=True),
    # What `cam trace` tells; of rows older than these columns nothing is known.
    Column("trace_id", Uuid),
    Column("causation_id", Uuid),
    Column("attempt", SmallInteger),
    Index("ix_handled_events_handled_at", "handled_at"),
    postgresql_with={"autovacuum_vacuum_scale_factor": "0.02"},
)

dead_letters = Table(
    "dead_letters",
    metadata,
    identity(),
    Column("service", Text, nullable=False),
    Column("queue", Text, nullable=False),
    Column("event_id", Text),
    Column("event_type", Text),
    # schema_invalid, too_old, permanent, attempts_exhausted, killed_its_process
    Column("reason", Text, nullable=False),
    Column("exception", Text, nullable=False, server_default=""),
    Column("attempts", SmallInteger, nullable=False, server_default="1"),
    moment("died_at", now=True),
    Column("letter_id", Text),  # names the message in the dead-letter queue, which is the truth
    # Failed again after a replay: which one, and which letter it was then.
    Column("replay_id", BigInteger),
    Column("replayed_letter_id", Text),
    # Written by the console: it is no dead letter any more.
    moment("resolved_at"),
    Column("resolution", Text),  # replay, edit, discard, moved
    Index("ix_dead_letters_died_at", "died_at"),
    Index("ix_dead_letters_event_id", "event_id"),
    Index("ix_dead_letters_letter_id", "letter_id"),
    Index("ix_dead_letters_replay_id", "replay_id", postgresql_where=text("replay_id IS NOT NULL")),
)

# Who did what to dead letters, when and why; written by the console.
dead_letter_actions = Table(
    "dead_letter_actions",
    metadata,
    identity(),
    Column("action", Text, nullable=False),  # replay, edit, discard
    Column("operator", Text, nullable=False),
    Column("reason", Text, nullable=False, server_default=""),
    Column("selection", JSONB, nullable=False, server_default="{}"),  # what was asked for
    Column("chosen", Integer, nullable=False),
    moment("started_at", now=True),
    moment("ended_at"),
    Column("end_reason", Text),  # why it ended before all was done
    Index("ix_dead_letter_actions_started_at", "started_at"),
)

# What an action did to each letter; without a result, it was about to be given back.
dead_letter_results = Table(
    "dead_letter_results",
    metadata,
    Column("action_id", ForeignKey("dead_letter_actions.id", ondelete="CASCADE"), primary_key=True),
    Column("letter_id", Text, primary_key=True),
    Column("queue", Text, nullable=False),
    Column("event_id", Text),
    Column("idempotency_key", Text),
    Column("result", Text),  # done, failed_again, discarded
    moment("at", now=True),
)

# Deliveries that were in flight when their process died, and are therefore handled alone (see shared.messaging).
suspects = Table(
    "suspects",
    metadata,
    Column("consumer", Text, primary_key=True),
    Column("event_id", Text, primary_key=True),
    Column("starts", SmallInteger, nullable=False, server_default="1"),
    moment("started_at", now=True),
)
