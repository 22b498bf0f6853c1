"""Tables as after a long life: so many e-mails sent, a tenth of their leads answered, all decided and announced."""

from collections.abc import Sequence

from sqlalchemy import Engine

from benchmarks import rows

_MAILBOXES = """\
INSERT INTO mailboxes (name, address) SELECT 'box' || n, 'box' || n || '@cam.test' FROM generate_series(1, 10) AS n"""
_CAMPAIGNS = """\
INSERT INTO campaigns (name, mailbox_id, status, auto_pause)
SELECT 'campaign ' || n, 1 + n % 10, 'RUNNING', false FROM generate_series(1, 50) AS n"""
_STEPS = """\
INSERT INTO sequence_steps (campaign_id, position, subject, body)
SELECT c, p, 'A question to {{ company }}', 'Hello {{ first_name }}, ' || repeat('we would like to know. ', 20)
FROM generate_series(1, 50) AS c, generate_series(1, 2) AS p"""
_LEADS = """\
INSERT INTO leads (campaign_id, email, fields, status, last_contacted_at, last_replied_at)
SELECT 1 + n % 50, 'person' || n || '@company' || n % 5000 || '.test', '{"first_name": "Jane", "company": "Northwind"}',
       CASE WHEN n % 10 = 0 THEN 'SUPPRESSED' WHEN n % 3 = 0 THEN 'CONTACTED' ELSE 'NURTURE' END,
       now() - interval '30 days', CASE WHEN n % 10 = 0 THEN now() - interval '29 days' END
FROM generate_series(1, :emails / 2) AS n"""
_SENT = """\
INSERT INTO outbound_emails (campaign_id, lead_id, mailbox_id, position, silence_days, due_at, created_at, state,
                             attempts, sent_at, silent_at, silence_announced_at, message_id, subject, body)
SELECT l.campaign_id, l.id, 1 + l.campaign_id % 10, p, 3, moment, moment, 'SENT', 1, moment, moment + interval '3 days',
       CASE WHEN l.status <> 'CONTACTED' OR p = 1 THEN moment + interval '3 days' END,
       '<' || l.id || '.' || p || '@cam.test>', 'A question', 'Hello Jane, ' || repeat('we would like to know. ', 5)
FROM leads l, generate_series(1, 2) AS p,
     LATERAL (SELECT now() - (l.id % 2000) * interval '4 hours' + p * interval '3 days' AS moment) AS t
ORDER BY moment"""
_FETCHED = """\
INSERT INTO inbound_emails (mailbox_id, folder, uidvalidity, uid, message_id, campaign_id, lead_id, outbound_email_id,
                            from_address, subject, body, received_at, classification, classified_at)
SELECT o.mailbox_id, 'INBOX', 1, o.id, '<' || o.id || '@company.test>', o.campaign_id, o.lead_id, o.id, l.email,
       'Re: A question', repeat('Thank you for asking. ', 10), o.sent_at + interval '1 hour', 'NEGATIVE', o.sent_at
FROM outbound_emails o JOIN leads l ON l.id = o.lead_id WHERE l.status = 'SUPPRESSED' AND o.position = 1"""
_DECIDED = """\
INSERT INTO decisions (campaign_id, lead_id, inbound_email_id, outbound_email_id, rule, outcome, decided_at)
SELECT o.campaign_id, o.lead_id, i.id, o.id, CASE WHEN i.id IS NULL THEN 'silence' ELSE 'reply' END, 'done', o.silent_at
FROM outbound_emails o LEFT JOIN inbound_emails i ON i.outbound_email_id = o.id
WHERE o.silence_announced_at IS NOT NULL"""
_HANDLED = """\
INSERT INTO handled_events (consumer, idempotency_key, handled_at)
SELECT 'decision.lead.timeout', id::text, silence_announced_at
FROM outbound_emails WHERE silence_announced_at IS NOT NULL"""
_SUPPRESSED = "INSERT INTO suppressions (target, reason) SELECT email, 'MANUAL' FROM leads WHERE id % 50 = 0"

HISTORY: Sequence[str] = (
    "SET LOCAL statement_timeout = 0",
    _MAILBOXES,
    _CAMPAIGNS,
    _STEPS,
    _LEADS,
    _SENT,
    _FETCHED,
    _DECIDED,
    _HANDLED,
    _SUPPRESSED,
)


def fill(engine: Engine, emails: int) -> None:
    """Empty all tables, and fill them with the history of so many e-mails; the planner knows the result."""
    rows.fill(engine, HISTORY, emails=emails)
