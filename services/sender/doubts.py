"""Settles e-mails whose sender vanished between handing over and recording: never twice, always visible."""

from collections.abc import Collection, Sequence

import structlog
from sqlalchemy import RowMapping, func, select, update

from services.sender import alerts
from services.sender.claim import LEASE
from services.sender.rules import NO_ANSWER, repeatable, retry_delay
from services.sender.rules_lease import lease_of, never_begun
from shared.states import OutboundState, Provider
from shared.tables import inbound_emails, outbound_emails
from shared.unit_of_work import Transaction, UnitOfWork

log = structlog.get_logger()
BATCH = 500
_LOST = "the sender vanished before it saw an answer"
_email = outbound_emails.c


def settle_doubtful(uow: UnitOfWork, *, day_seconds: float) -> None:
    """Requeue what may be repeated, show the rest to a human, and believe in an e-mail that was answered."""
    with uow.begin() as tx:
        _settle_expired(tx)
    with uow.begin() as tx:
        _believe_answered(tx, day_seconds)


def _settle_expired(tx: Transaction) -> None:
    expired = tx.connection.execute(
        select(_email.id, _email.lead_id, _email.campaign_id, _email.message_id, _email.lease_token, _email.attempts)
        .where(_email.status == OutboundState.SENDING, _email.lease_expires_at <= tx.clock())
        .order_by(_email.lease_expires_at, _email.lease_token)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    rows = expired.mappings().all()
    settle_unanswered(tx, rows, never_begun=never_begun(row["lease_token"] for row in rows))


def settle_unanswered(tx: Transaction, rows: Sequence[RowMapping], *, never_begun: Collection[str]) -> None:
    """Settle locked rows whose sender is gone and whose answer nobody knows; `never_begun` are leases among theirs."""
    now = tx.clock()
    unbegun = [row["id"] for row in rows if row["lease_token"] in never_begun]
    begun = [row for row in rows if row["lease_token"] not in never_begun]
    dry = [row["id"] for row in begun if _provider(row["lease_token"]) == Provider.DRY_RUN]
    resend = [row for row in begun if _provider(row["lease_token"]) == Provider.RESEND]
    again = [row["id"] for row in resend if repeatable(row["message_id"], now) and retry_delay(row["attempts"])]
    lost = [row for row in begun if row["id"] not in {*dry, *again}]
    _set(tx, unbegun, state=OutboundState.QUEUED, lease_expires_at=None, attempts=_email.attempts - 1)
    _set(tx, dry, state=OutboundState.QUEUED, lease_expires_at=None, error_message=_LOST)
    _set(tx, again, state=OutboundState.QUEUED, lease_expires_at=None, error_message=NO_ANSWER + _LOST)
    _set(tx, [row["id"] for row in lost], state=OutboundState.UNKNOWN, error_message=_LOST)
    for row in lost:
        tx.emit(alerts.unknown_send(row["id"], row["lead_id"], row["campaign_id"], _LOST))
    if rows:
        requeued = len(dry) + len(again)
        log.warning("emails.settled", never_begun=len(unbegun), requeued=requeued, unknown=len(lost))


def _provider(lease_token: str) -> str:
    return lease_of(lease_token).provider


def _set(tx: Transaction, ids: Sequence[int], **values: object) -> None:
    if ids:
        statement = update(outbound_emails).where(_email.id.in_(ids)).values(lease_token=None, **values)
        tx.connection.execute(statement)


def _believe_answered(tx: Transaction, day_seconds: float) -> None:
    """Set SENT what was answered or bounced: the answer names the e-mail, so it did go out."""
    sent_at = func.coalesce(_email.lease_expires_at - LEASE, _email.due_at)
    answered = (
        update(outbound_emails)
        .where(_email.status == OutboundState.UNKNOWN)
        .where(inbound_emails.c.lead_id == _email.lead_id, inbound_emails.c.outbound_email_id == _email.id)
        .values(
            state=OutboundState.SENT,
            sent_at=sent_at,
            silent_at=sent_at + func.make_interval(0, 0, 0, 0, 0, 0, _email.silence_days * day_seconds),
            lease_expires_at=None,
            error_message=None,
        )
        .returning(_email.id)
    )
    for email_id in tx.connection.execute(answered).scalars():
        log.info("email.proved_sent", outbound_email_id=email_id)
