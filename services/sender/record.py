"""Records what became of e-mails, each guarded by its lease, and what follows for their mailboxes."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog
from sqlalchemy import ARRAY, BigInteger, bindparam, case, column, func, null, select, update

from services.sender import alerts
from services.sender.config import SenderSettings
from services.sender.outgoing import OutgoingEmail
from services.sender.rules import (
    MAILBOX_RESTS,
    NO_ANSWER,
    SendResult,
    Verdict,
    mailbox_rest,
    repeatable,
    retry_delay,
    scaled,
)
from shared.events import LeadTimeout
from shared.mail.charsets import storable
from shared.rows import as_table, execute
from shared.schedule import after_days
from shared.states import OutboundState
from shared.tables import leads, mailboxes, outbound_emails
from shared.unit_of_work import Transaction

log = structlog.get_logger()

Values = dict[str, object]
Answered = tuple[OutgoingEmail, SendResult]

_email = outbound_emails.c
_WRITTEN = ("state", "retry_at", "attempts", "sent_at", "silent_at", "provider_id", "error_message")
_new = as_table(
    column("id", _email.id.type),
    column("token", _email.lease_token.type),
    *(column(name, _email[name].type) for name in _WRITTEN),
)
# The leads first and in the order of their ids, as the decision service locks them, so that nobody deadlocks.
_locked = (
    select(leads.c.id)
    .where(leads.c.id == func.any(bindparam("leads", type_=ARRAY(BigInteger))))
    .order_by(leads.c.id)
    .with_for_update(key_share=True)
    .cte("locked")
    .prefix_with("MATERIALIZED")
)
_recorded = (
    update(outbound_emails)
    .where(select(func.count()).select_from(_locked).scalar_subquery() >= 0)
    .where(_email.id == _new.c.id, _email.lease_token == _new.c.token, _email.state == OutboundState.SENDING)
    .values(
        {name: _new.c[name] for name in _WRITTEN}
        | {
            "lease_token": None,
            # Where nobody knows, the lease's end stays: it tells when the e-mail was handed over.
            "lease_expires_at": case((_new.c.state == OutboundState.UNKNOWN, _email.lease_expires_at), else_=null()),
        }
    )
    .returning(_email.id, _email.lead_id, _email.state, _email.sent_at)
    .cte("recorded")
)
_contacted = (
    update(leads)
    .where(leads.c.id == _recorded.c.lead_id, _recorded.c.sent_at.is_not(None))
    .values(last_contacted_at=_recorded.c.sent_at)
    .cte("contacted")
)
# One statement, because every round trip lengthens the time in which an accepted e-mail is not yet recorded.
_RECORD = select(_recorded.c.id, _recorded.c.state).add_cte(_contacted)
_REFUSALS = {Verdict.DEAD_ADDRESS, Verdict.REFUSED, Verdict.ABOUT_US}


def record(tx: Transaction, answered: Sequence[Answered], settings: SenderSettings) -> set[int]:
    """Write what became of these e-mails; return those that were recorded: the others are no longer ours."""
    now = tx.clock()
    states = _write(tx, answered, settings.day_seconds)
    ours = [(email, result) for email, result in answered if email.id in states]
    _after_sending(tx, [email for email, result in ours if result.verdict is Verdict.SENT], now)
    for email, result in answered:
        if email.id not in states:
            log.warning("email.lease_lost", outbound_email_id=email.id, verdict=str(result.verdict))
    for email, result in ours:
        state = states[email.id]
        log.info("email.recorded", outbound_email_id=email.id, verdict=str(result.verdict), state=state)
        _announce(tx, email, result, state)
        rest = mailbox_rest(result, settings.day_seconds)
        if rest:
            _rest_mailbox(tx, email, result, now + rest)
    return set(states)


def _write(tx: Transaction, answered: Sequence[Answered], day_seconds: float) -> dict[int, str]:
    """Write all rows, and return the state of each that was ours."""
    rows = [_row(email, result, tx.clock(), day_seconds) for email, result in answered]
    sent = [email.lead_id for email, result in answered if result.verdict is Verdict.SENT]
    return {row["id"]: row["state"] for row in execute(tx.connection, _RECORD, rows, leads=sent)}


def _row(email: OutgoingEmail, result: SendResult, now: datetime, day_seconds: float) -> Values:
    unset = dict.fromkeys(_WRITTEN) | {"attempts": email.attempts}
    return {"id": email.id, "token": email.token, **unset, **outcome(email, result, now, day_seconds)}


def outcome(email: OutgoingEmail, result: SendResult, now: datetime, day_seconds: float) -> Values:
    """Return the columns that this result sets in the e-mail's row; the others of `_WRITTEN` become null."""
    if result.verdict is Verdict.SENT:
        sent_at = result.answered_at or now
        return {
            "state": OutboundState.SENT,
            "sent_at": sent_at,
            "silent_at": after_days(sent_at, email.silence_days, day_seconds),
            "provider_id": storable(result.provider_id or "") or None,
        }
    if result.verdict is Verdict.UNKNOWN:
        return _unknown(result.detail)
    if result.verdict in _REFUSALS:
        return _failed(f"{result.verdict}: {result.detail}")
    return _again(email, result, now, day_seconds)


def _again(email: OutgoingEmail, result: SendResult, now: datetime, day_seconds: float) -> Values:
    doubtful = email.doubtful or result.doubtful
    attempts, delay = email.attempts, _delay(email, result, day_seconds)
    if result.verdict in MAILBOX_RESTS:
        attempts -= 1
    elif delay is None:
        return _unknown(result.detail) if doubtful else _failed(f"GAVE_UP: {result.detail}")
    retry_at = now + delay if delay else None
    if doubtful and not repeatable(email.message_id, retry_at or now):
        return _unknown(result.detail)
    return {
        "state": OutboundState.QUEUED,
        "retry_at": retry_at,
        "attempts": attempts,
        "error_message": f"{NO_ANSWER if doubtful else ''}{result.verdict}: {storable(result.detail)}",
    }


def _delay(email: OutgoingEmail, result: SendResult, day_seconds: float) -> timedelta | None:
    """Return the e-mail's own wait; one that only waits for its mailbox has none, or lets others go first."""
    if result.verdict is Verdict.OUTAGE:
        return mailbox_rest(result, day_seconds)
    if result.verdict in MAILBOX_RESTS:
        return None
    delay = retry_delay(email.attempts)
    return scaled(delay, day_seconds) if delay else None


def _unknown(detail: str) -> Values:
    return {"state": OutboundState.UNKNOWN, "error_message": storable(detail) or "no answer was seen"}


def _failed(reason: str) -> Values:
    return {"state": OutboundState.FAILED, "error_message": storable(reason)}


def _after_sending(tx: Transaction, sent: Sequence[OutgoingEmail], now: datetime) -> None:
    for mailbox_id in sorted({email.mailbox_id for email in sent if email.mailbox_paused}):
        rested = func.coalesce(mailboxes.c.send_retry_at, now) <= now
        works = update(mailboxes).where(mailboxes.c.id == mailbox_id, rested)
        tx.connection.execute(works.values(send_retry_at=None, send_paused_reason=None))
        log.info("mailbox.sends_again", mailbox_id=mailbox_id)


def _announce(tx: Transaction, email: OutgoingEmail, result: SendResult, state: object) -> None:
    if state == OutboundState.UNKNOWN:
        tx.emit(alerts.unknown_send(email.id, email.lead_id, email.campaign_id, result.detail))
    if result.verdict is Verdict.ABOUT_US:
        tx.emit(alerts.sending_refused(email, tx.clock(), result.detail))
    if state == OutboundState.FAILED:
        # No answer can come to it: the decision service looks at the lead at once.
        tx.emit(LeadTimeout(outbound_email_id=email.id, lead_id=email.lead_id, campaign_id=email.campaign_id))


def _rest_mailbox(tx: Transaction, email: OutgoingEmail, result: SendResult, until: datetime) -> None:
    mailbox = mailboxes.c.id == email.mailbox_id
    before = tx.connection.execute(select(mailboxes.c.send_paused_reason).where(mailbox).with_for_update())
    known = str(before.scalar_one() or "").startswith(f"{result.verdict}:")
    reason = f"{result.verdict}: {result.detail}"
    tx.connection.execute(update(mailboxes).where(mailbox).values(send_retry_at=until, send_paused_reason=reason))
    log.warning("mailbox.rests", mailbox_id=email.mailbox_id, verdict=str(result.verdict), until=until.isoformat())
    if result.verdict is Verdict.LOGIN_REFUSED and not known:
        tx.emit(alerts.mailbox_paused(email, tx.clock(), result.detail))
