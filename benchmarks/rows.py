"""The database rows that benchmarks begin with: one mailbox, one campaign, as many leads as wanted."""

from collections.abc import Sequence

from sqlalchemy import Engine, text

from shared.tables import metadata

MAILBOX = "INSERT INTO mailboxes (name, address) VALUES ('bench', :address)"
# A mailbox that is watched as soon as its host is known.
WATCHED = """\
INSERT INTO mailboxes (name, address, imap_port, imap_security, imap_password_ref)
VALUES ('bench', :address, :port, 'none', 'env:AICMO_IMAP_PASSWORD')"""
CAMPAIGN = "INSERT INTO campaigns (name, mailbox_id, status, auto_pause) VALUES ('bench', 1, :status, false)"
LEADS = """\
INSERT INTO leads (campaign_id, email, status, fields)
SELECT 1, 'lead' || n || '@example.test', :lead_status, '{"first_name": "Jane", "company": "Northwind Analytics"}'
FROM generate_series(1, :count) AS n"""
SENT = """\
INSERT INTO outbound_emails (campaign_id, lead_id, mailbox_id, position, silence_days, state, sent_at, message_id)
SELECT 1, n, 1, 1, 3, 'SENT', now() - interval '1 day', '<' || n || '@cam.test>' FROM generate_series(1, :count) AS n"""
STEP = "INSERT INTO sequence_steps (campaign_id, position, subject, body) VALUES (1, 1, :subject, :body)"
QUEUED = """\
INSERT INTO outbound_emails (campaign_id, lead_id, mailbox_id, position, silence_days)
SELECT 1, n, 1, 1, 3 FROM generate_series(1, :count) AS n"""
FETCHED = """\
INSERT INTO inbound_emails (mailbox_id, folder, uidvalidity, uid, campaign_id, lead_id, outbound_email_id,
                            from_address, subject, body)
SELECT 1, 'INBOX', 1, n, 1, n, n, 'lead' || n || '@example.test', 'Re: a question', :reply
FROM generate_series(1, :count) AS n"""


def fill(engine: Engine, statements: Sequence[str], **values: object) -> None:
    """Empty all tables and run the statements; the planner knows the result."""
    names = ", ".join(table.name for table in metadata.sorted_tables)
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        connection.execute(text(f"TRUNCATE {names} RESTART IDENTITY CASCADE"))
        for statement in statements:
            connection.execute(text(statement), values)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("SET statement_timeout = 0"))
        connection.execute(text("VACUUM ANALYZE"))
        connection.execute(text("RESET statement_timeout"))
