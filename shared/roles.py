"""Who may write which column: one PostgreSQL role per service, enforced by column grants.

A connection takes its service's role when it opens (`shared.database.open_engine`). Everybody reads; the
console acts for a person and runs as the database's owner (`relabels` is its alone). The grants are declared
here as a whole and laid anew after every migration, so that this page is always what the database enforces.
"""

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, inspect, text

Grants = Mapping[str, Sequence[str]]

_CLASSIFICATION = (
    "UPDATE (classification, classification_confidence, classification_reason, classification_facts,"
    " classification_version, classification_revision, classified_at)"
)
_LEASE = "lease_holder, lease_token, lease_expires_at"

EVERY_SERVICE: Grants = {
    "outbox": ("INSERT", "UPDATE (available_at)", "DELETE"),
    "handled_events": ("INSERT", "DELETE"),
    "dead_letters": ("INSERT",),
    "suspects": ("INSERT", "UPDATE", "DELETE"),
    "cam_worker_heartbeats": ("INSERT", "UPDATE"),  # its own rows only: see the row policies
}

GRANTS: Mapping[str, Grants] = {
    "sender": {
        "outbound_emails": (
            (
                "UPDATE (state, retry_at, message_id, thread_message_id, subject, body, attempts, lease_token,"
                " lease_expires_at, provider_id, error_message, sent_at, silent_at, silence_announced_at)"
            ),
        ),
        "leads": ("UPDATE (last_contacted_at)",),
        "mailboxes": ("UPDATE (send_retry_at, send_paused_reason)",),
        "send_counters": ("INSERT", "UPDATE", "DELETE"),
    },
    "inbox": {
        "inbound_emails": (
            (
                "INSERT (mailbox_id, folder, uidvalidity, uid, message_id, campaign_id, lead_id, outbound_email_id,"
                " matched_by, from_address, subject, sent_at, received_at, headers, body, report, size_bytes,"
                " parse_error, raw)"
            ),
        ),
        "mailboxes": (
            (
                "UPDATE (watch_retry_at, watch_paused_reason, watch_verified_at, cursors, unmatched_count,"
                f" unparsable_count, {_LEASE})"
            ),
        ),
    },
    "classifier": {
        "inbound_emails": (_CLASSIFICATION,),
        "llm_budgets": ("INSERT", "UPDATE"),
    },
    "decision": {
        "campaigns": ("UPDATE (status, status_reason, status_changed_at)",),
        "leads": ("UPDATE (status, status_reason, hold_until, last_replied_at)",),
        "outbound_emails": (
            "INSERT (campaign_id, lead_id, mailbox_id, position, variant, silence_days, due_at, created_at, trace_id)",
            "UPDATE (due_at, cancelled_at, cancel_reason)",
        ),
        "suppressions": ("INSERT",),
        "campaign_metrics": ("INSERT", "UPDATE", "DELETE"),
        "decisions": ("INSERT",),
    },
    "alerter": {
        "cam_human_alert_logs": ("INSERT", "UPDATE"),
        "inbound_emails": ("UPDATE (alert_sent)",),
        "cam_worker_heartbeats": ("UPDATE (status)", "DELETE"),  # it marks the silent ones DEAD
        # It forgets old rows; see shared/forgetting.py.
        "dead_letters": ("DELETE",),
        "outbox": ("TRUNCATE",),
    },
}

SERVICES = tuple(GRANTS)


def role_of(service: str) -> str:
    """Return the PostgreSQL role of a service."""
    return f"cam_{service}"


def grant(connection: Connection) -> None:
    """Create the roles that are missing and lay all grants anew; needs CREATEROLE the first time."""
    tables = set(inspect(connection).get_table_names())
    for service in SERVICES:
        _create(connection, role_of(service))
        _lay(connection, role_of(service), {"*": ("SELECT",)}, tables)
        for grants in (EVERY_SERVICE, GRANTS[service]):
            _lay(connection, role_of(service), grants, tables)


def _create(connection: Connection, role: str) -> None:
    # Roles belong to the whole server: another database's set-up may create the same one at this moment.
    connection.execute(
        text(f"""
        DO $$ BEGIN
            IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') THEN CREATE ROLE {role} NOLOGIN; END IF;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
        END $$""")
    )
    member = connection.execute(text("SELECT pg_has_role(current_user, :role, 'MEMBER')"), {"role": role})
    if not member.scalar_one():
        connection.execute(text(f"GRANT {role} TO CURRENT_USER"))


def _lay(connection: Connection, role: str, grants: Grants, tables: set[str]) -> None:
    for table, privileges in grants.items():
        if table == "*":
            connection.execute(text(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}"))
            connection.execute(text(f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role}"))
        elif table in tables:
            connection.execute(text(f"GRANT {', '.join(privileges)} ON {table} TO {role}"))
