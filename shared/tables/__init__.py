"""The tables of CAM's one database (SQLAlchemy Core); `shared.roles` says who may write what."""

from shared.tables.base import metadata
from shared.tables.campaigns import campaign_metrics, campaigns, decisions, leads, sequence_steps, suppressions
from shared.tables.mail import inbound_emails, llm_budgets, mailboxes, outbound_emails, relabels, send_counters
from shared.tables.operations import (
    alert_logs,
    dead_letter_actions,
    dead_letter_results,
    dead_letters,
    handled_events,
    heartbeats,
    outbox,
    suspects,
)

__all__ = [
    "alert_logs",
    "campaign_metrics",
    "campaigns",
    "dead_letter_actions",
    "dead_letter_results",
    "dead_letters",
    "decisions",
    "handled_events",
    "heartbeats",
    "inbound_emails",
    "leads",
    "llm_budgets",
    "mailboxes",
    "metadata",
    "outbound_emails",
    "outbox",
    "relabels",
    "send_counters",
    "sequence_steps",
    "suppressions",
    "suspects",
]
