"""Records what became of an e-mail, guarded by its lease, and what follows for its mailbox."""

from datetime import datetime, timedelta

import structlog
from sqlalchemy import func, select, update

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
from shared.errors import LostLeaseError
from shared.events import LeadTimeout
from shared.schedule import after_days
from shared.states import OutboundState
from shared.tables import leads, mailboxes, outbound_emails
from shared.unit_of_work import Transaction

log = structlog.get_logger()

Values = dict[str, object]
_REFUSALS = {Verdict.DEAD_ADDRESS, Verdict.REFUSED, Verdict.ABOUT_US}


def record(tx: Transaction, email: OutgoingEmail, result: SendResult, settings: SenderSettings) -> None:
    """Write the outcome; raise `LostLeaseError` if the e-mail is no longer ours to write about."""
    now = tx.clock()
    values = outcome(email, result, now, settings.day_seconds)
    statement = (
        update(outbound_emails)
        .where(outbound_emails.c.id == email.id, outbound_emails.c.lease_token == email.token)
        .where(outbound_emails.c.state == OutboundState.SENDING)
        .values(lease_token=None, **values)
    )
    if not tx.connection.execute(statement).rowcount:
        raise LostLeaseError(f"e-mail {email.id}: the lease was lost; {result.verdict} is not recorded")
    log.info("email.recorded", outbound_email_id=email.id, verdict=str(result.verdict), state=str(values["state"]))
    if result.verdict is Verdict.SENT:
        _after_sending(tx, email, now)
    _announce(tx, email, result, values["state"])
    rest = mailbox_rest(result, settings.day_seconds)
    if rest:
        _rest_mailbox(tx, email, result, now + rest)


def outcome(email: OutgoingEmail, result: SendResult, now: datetime, day_seconds: float) -> Values:
    """Return the columns that this result sets in the e-mail's row."""
    if result.verdict is Verdict.SENT:
        return {
            "state": OutboundState.SENT,
            "sent_at": now,
            "silent_at": after_days(now, email.silence_days, day_seconds),
            "provider_id": result.provider_id,
            "error_message": None,
            "lease_expires_at": None,
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
        "error_message": f"{NO_ANSWER if doubtful else ''}{result.verdict}: {result.detail}",
        "lease_expires_at": None,
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
    # The lease's end stays: it tells when the e-mail was handed over.
    return {"state": OutboundState.UNKNOWN, "error_message": detail or "no answer was seen"}


def _failed(reason: str) -> Values:
    return {"state": OutboundState.FAILED, "error_message": reason, "lease_expires_at": None}


def _after_sending(tx: Transaction, email: OutgoingEmail, now: datetime) -> None:
    tx.connection.execute(update(leads).where(leads.c.id == email.lead_id).values(last_contacted_at=now))
    if email.mailbox_paused:
        rested = func.coalesce(mailboxes.c.send_retry_at, now) <= now
        works = update(mailboxes).where(mailboxes.c.id == email.mailbox_id, rested)
        tx.connection.execute(works.values(send_retry_at=None, send_paused_reason=None))
        log.info("mailbox.sends_again", mailbox_id=email.mailbox_id)


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
