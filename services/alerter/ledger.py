"""The alert log: claim -> send -> record, so that an alert is sent once and a failed one stays visible."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import (
    BigInteger,
    Boolean,
    DateTime,
    Integer,
    Row,
    Select,
    String,
    Values,
    cast,
    column,
    func,
    or_,
    select,
    update,
    values,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import insert as upsert

from services.alerter.delivery import Alert, Delivery, Outcome
from services.alerter.rules import Text, retry_delay
from shared.tables import alert_logs, inbound_emails
from shared.unit_of_work import Transaction, UnitOfWork

# While it lasts, nobody else sends the alert; longer than any attempt (see delivery.py).
LEASE = timedelta(seconds=60)
ERROR_CHARACTERS = 1000
_COLUMNS = (
    alert_logs.c.id,
    alert_logs.c.title,
    alert_logs.c.message,
    alert_logs.c.attempts,
    alert_logs.c.details,
    alert_logs.c.inbound_email_id,
)


@dataclass(frozen=True, slots=True)
class Draft:
    """An alert that is not in the log yet; `metadata` goes to the channels as it is."""

    key: str
    alert_type: str
    text: Text
    campaign_id: int | None = None
    lead_id: int | None = None
    inbound_email_id: int | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)


def claim_new(tx: Transaction, drafts: Sequence[Draft], recipients: Sequence[str]) -> list[Alert]:
    """Log the alerts that were never requested before, and lease them to the caller."""
    if not drafts:
        return []
    statement = (
        upsert(alert_logs)
        .values([_row(tx, draft, recipients) for draft in drafts])
        .on_conflict_do_nothing(index_elements=[alert_logs.c.idempotency_key])
        .returning(*_COLUMNS)
    )
    return [_alert(row) for row in tx.connection.execute(statement)]


def claim_due(tx: Transaction, limit: int) -> list[Alert]:
    """Lease the alerts that are due again: the failed ones, and those whose sender died on the way."""
    statement = (
        update(alert_logs)
        .where(alert_logs.c.id.in_(_due(tx, limit)))
        .values(attempts=alert_logs.c.attempts + 1, next_attempt_at=tx.clock() + LEASE)
        .returning(*_COLUMNS)
    )
    return [_alert(row) for row in tx.connection.execute(statement)]


def send_and_record(uow: UnitOfWork, alerts: Sequence[Alert], delivery: Delivery) -> None:
    """Send claimed alerts and write down what became of them."""
    if not alerts:
        return
    outcomes = delivery.send(alerts)
    with uow.begin() as tx:
        _record(tx, outcomes, delivery.recipients)


def _due(tx: Transaction, limit: int) -> Select[tuple[int]]:
    return (
        select(alert_logs.c.id)
        .where(~alert_logs.c.sent_successfully, alert_logs.c.next_attempt_at <= tx.clock())
        .order_by(alert_logs.c.next_attempt_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )


def _record(tx: Transaction, outcomes: Sequence[Outcome], recipients: Sequence[str]) -> None:
    """Write the results; a late failure never overwrites a success or a newer attempt."""
    told = _results(tx, outcomes)
    statement = (
        update(alert_logs)
        .where(
            alert_logs.c.id == told.c.id,
            ~alert_logs.c.sent_successfully,
            or_(told.c.sent, alert_logs.c.attempts == told.c.attempts),
        )
        .values(
            sent_successfully=told.c.sent,
            sent_at=cast(told.c.sent_at, DateTime(timezone=True)),
            error_message=cast(told.c.error, String),
            next_attempt_at=cast(told.c.next_at, DateTime(timezone=True)),
            details=alert_logs.c.details.op("||")(func.jsonb_build_object("delivered", told.c.delivered)),
            recipients=list(recipients),
        )
    )
    tx.connection.execute(statement)
    _mark_replies(tx, outcomes)


def _mark_replies(tx: Transaction, outcomes: Sequence[Outcome]) -> None:
    replies = {outcome.alert.inbound_email_id for outcome in outcomes if not outcome.problems} - {None}
    if replies:
        told = update(inbound_emails).where(inbound_emails.c.id.in_(replies)).values(alert_sent=True)
        tx.connection.execute(told)


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


def _alert(row: Row[int, str, str, int, dict[str, object], int | None]) -> Alert:
    number, title, message, attempts, details, inbound_email_id = row
    metadata, delivered = details.get("metadata"), details.get("delivered")
    return Alert(
        id=number,
        title=title,
        message=message,
        attempts=attempts,
        metadata={str(key): str(value) for key, value in metadata.items()} if isinstance(metadata, dict) else {},
        delivered=[str(name) for name in delivered] if isinstance(delivered, list) else [],
        inbound_email_id=inbound_email_id,
    )


def _results(tx: Transaction, outcomes: Sequence[Outcome]) -> Values:
    """Return the results as a table of values, for one statement over the whole batch."""
    return values(
        column("id", BigInteger),
        column("attempts", Integer),
        column("sent", Boolean),
        column("sent_at", DateTime(timezone=True)),
        column("error", String),
        column("next_at", DateTime(timezone=True)),
        column("delivered", JSONB),
        name="told",
    ).data([_result(outcome, tx.clock()) for outcome in outcomes])


def _result(outcome: Outcome, now: datetime) -> tuple[object, ...]:
    sent = not outcome.problems
    delay = None if sent else retry_delay(outcome.alert.attempts)
    return (
        outcome.alert.id,
        outcome.alert.attempts,
        sent,
        now if sent else None,
        "; ".join(outcome.problems)[:ERROR_CHARACTERS] or None,
        now + delay if delay else None,
        list(outcome.delivered),
    )
