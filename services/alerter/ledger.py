"""The alert log: claim -> send -> record, so that an alert is sent once and a failed one stays visible."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import (
    BigInteger,
    Boolean,
    DateTime,
    Integer,
    RowMapping,
    Select,
    Text,
    cast,
    column,
    func,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import insert as upsert

from services.alerter.absences import REST_SECONDS
from services.alerter.delivery import Alert, Delivery, Outcome
from services.alerter.rules import Text as AlertText
from services.alerter.rules import retry_delay
from shared.errors import OutageError
from shared.faults import point
from shared.rows import as_table, execute, from_rows
from shared.tables import alert_logs, inbound_emails
from shared.unit_of_work import Transaction, UnitOfWork

# While it lasts, nobody else sends the alert; longer than any attempt (see delivery.py).
LEASE = timedelta(seconds=60)
ERROR_CHARACTERS = 1000
_COLUMNS = (
    alert_logs.c.id,
    alert_logs.c.created_at,
    alert_logs.c.title,
    alert_logs.c.message,
    alert_logs.c.attempts,
    alert_logs.c.details,
    alert_logs.c.inbound_email_id,
)
_DRAFTED = (
    "alert_type", "title", "message", "recipients", "idempotency_key", "campaign_id", "lead_id", "inbound_email_id",
    "attempts", "details", "next_attempt_at", "created_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Draft:
    """An alert that is not in the log yet; `metadata` goes to the channels as it is."""

    key: str
    alert_type: str
    text: AlertText
    campaign_id: int | None = None
    lead_id: int | None = None
    inbound_email_id: int | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)


def claim_new(tx: Transaction, drafts: Sequence[Draft], recipients: Sequence[str]) -> list[Alert]:
    """Log the alerts that were never requested before, and lease them to the caller."""
    statement = (
        from_rows(upsert(alert_logs), alert_logs, _DRAFTED)
        .on_conflict_do_nothing(index_elements=[alert_logs.c.idempotency_key])
        .returning(*_COLUMNS)
    )
    rows = [_row(tx, draft, recipients) for draft in drafts]
    return [_alert(row) for row in execute(tx.connection, statement, rows)]


def claim_due(tx: Transaction, limit: int, lacking: Sequence[str] | None = None) -> list[Alert]:
    """Lease the alerts that are due again: the failed ones, and those whose sender died on the way.

    With `lacking`, only those that one of these channels does not have yet.
    """
    statement = (
        update(alert_logs)
        .where(alert_logs.c.id.in_(_due(tx, limit, lacking)))
        .values(attempts=alert_logs.c.attempts + 1, next_attempt_at=tx.clock() + LEASE)
        .returning(*_COLUMNS)
    )
    return [_alert(row) for row in tx.connection.execute(statement).mappings()]


def send_and_record(uow: UnitOfWork, alerts: Sequence[Alert], delivery: Delivery) -> None:
    """Send claimed alerts and write down what became of them; until that is done, the receipts stay."""
    if not alerts:
        return
    point("after_alert_claimed")
    with delivery.receipts.of_batch() as note:
        outcomes = delivery.send(alerts, note)
        try:
            _write_down(uow, outcomes, delivery)
        except OutageError:
            delivery.unrecorded += outcomes
            raise


def record_the_unrecorded(uow: UnitOfWork, delivery: Delivery) -> None:
    """Write down what became of alerts while the database was away: sooner than their leases end."""
    outcomes = delivery.unrecorded[:]
    if outcomes:
        _write_down(uow, outcomes, delivery)
        del delivery.unrecorded[: len(outcomes)]


def _write_down(uow: UnitOfWork, outcomes: Sequence[Outcome], delivery: Delivery) -> None:
    with uow.begin() as tx:
        waited = _record(tx, outcomes, delivery.recipients)
    for seconds in waited:
        uow.metrics.reply_to_alert_seconds.observe(seconds)


def _due(tx: Transaction, limit: int, lacking: Sequence[str] | None) -> Select[tuple[int]]:
    delivered = func.coalesce(alert_logs.c.details["delivered"], cast([], JSONB), type_=JSONB)
    return (
        select(alert_logs.c.id)
        .where(~alert_logs.c.sent_successfully, alert_logs.c.next_attempt_at <= tx.clock())
        .where(true() if lacking is None else ~delivered.contains(cast(list(lacking), JSONB)))
        .order_by(alert_logs.c.next_attempt_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )


def _record(tx: Transaction, outcomes: Sequence[Outcome], recipients: Sequence[str]) -> list[float]:
    """Write the results; a late failure never overwrites a success or a newer attempt.

    Returns for each reply that a human now knows of how many seconds that took.
    """
    told = as_table(
        column("id", BigInteger),
        column("attempts", Integer),
        column("sent", Boolean),
        column("sent_at", DateTime(timezone=True)),
        column("error", Text),
        column("next_at", DateTime(timezone=True)),
        column("delivered", JSONB),
        column("unanswered", Integer),
    )
    statement = (
        update(alert_logs)
        .where(
            alert_logs.c.id == told.c.id,
            ~alert_logs.c.sent_successfully,
            or_(told.c.sent, alert_logs.c.attempts == told.c.attempts),
        )
        .values(
            sent_successfully=told.c.sent,
            sent_at=told.c.sent_at,
            error_message=told.c.error,
            next_attempt_at=told.c.next_at,
            details=alert_logs.c.details.op("||")(
                func.jsonb_build_object("delivered", told.c.delivered, "unanswered", told.c.unanswered)
            ),
            recipients=list(recipients),
        )
    )
    execute(tx.connection, statement, [_result(outcome, tx.clock()) for outcome in outcomes])
    return _mark_replies(tx, outcomes)


def _mark_replies(tx: Transaction, outcomes: Sequence[Outcome]) -> list[float]:
    replies = {outcome.alert.inbound_email_id for outcome in outcomes if not outcome.problems} - {None}
    if not replies:
        return []
    untold = inbound_emails.c.id.in_(replies) & ~inbound_emails.c.alert_sent
    told = update(inbound_emails).where(untold).values(alert_sent=True).returning(inbound_emails.c.received_at)
    now = tx.clock()
    return [max(0.0, (now - received_at).total_seconds()) for received_at in tx.connection.execute(told).scalars()]


def _row(tx: Transaction, draft: Draft, recipients: Sequence[str]) -> dict[str, object]:
    return {
        "alert_type": draft.alert_type,
        "title": draft.text.title,
        "message": draft.text.message,
        "recipients": list(recipients),
        "idempotency_key": draft.key,
        "campaign_id": draft.campaign_id,
        "lead_id": draft.lead_id,
        "inbound_email_id": draft.inbound_email_id,
        "attempts": 1,
        "details": {"metadata": _metadata(draft)},
        "next_attempt_at": tx.clock() + LEASE,
        "created_at": tx.clock(),
    }


def _metadata(draft: Draft) -> dict[str, str]:
    ids = {
        "campaign_id": draft.campaign_id,
        "lead_id": draft.lead_id,
        "inbound_email_id": draft.inbound_email_id,
    }
    known = {name: str(value) for name, value in ids.items() if value is not None}
    return {"key": draft.key, "alert_type": draft.alert_type, **known, **draft.metadata}


def _alert(row: RowMapping) -> Alert:
    metadata, delivered, unanswered = (row["details"].get(name) for name in ("metadata", "delivered", "unanswered"))
    return Alert(
        id=row["id"],
        created_at=row["created_at"],
        title=row["title"],
        message=row["message"],
        attempts=row["attempts"],
        metadata={str(key): str(value) for key, value in metadata.items()} if isinstance(metadata, dict) else {},
        delivered=[str(name) for name in delivered] if isinstance(delivered, list) else [],
        inbound_email_id=row["inbound_email_id"],
        unanswered=unanswered if isinstance(unanswered, int) else 0,
    )


def _result(outcome: Outcome, now: datetime) -> dict[str, object]:
    sent, alert = not outcome.problems, outcome.alert
    unanswered = alert.unanswered + (outcome.unanswered and not sent)
    delay = None if sent else _delay(outcome, alert.attempts - unanswered)
    return {
        "id": outcome.alert.id,
        "attempts": outcome.alert.attempts,
        "sent": sent,
        "sent_at": now if sent else None,
        "error": "; ".join(outcome.problems)[:ERROR_CHARACTERS] or None,
        "next_at": now + delay if delay else None,
        "delivered": list(outcome.delivered),
        "unanswered": unanswered,
    }


def _delay(outcome: Outcome, attempts: int) -> timedelta | None:
    """Return the wait; where nobody answered there was no attempt, and the channel's own rest decides."""
    return timedelta(seconds=REST_SECONDS) if outcome.unanswered else retry_delay(attempts)
