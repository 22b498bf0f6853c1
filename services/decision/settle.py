"""Writes what was decided about leads: their status, what is queued for them, and whom never to write to again."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import BigInteger, ColumnElement, DateTime, Text, column, func, insert, update
from sqlalchemy.dialects.postgresql import insert as upsert

from services.decision.dossiers import Dossier, Dossiers
from services.decision.happenings import Suppressed, Suppression
from services.decision.rules import FollowUp, LeadState
from shared.events import new_trace
from shared.rows import as_table, execute, from_rows
from shared.schedule import after_days, opens
from shared.states import LeadStatus, OutboundState
from shared.tables import decisions, leads, outbound_emails, suppressions
from shared.unit_of_work import Transaction

States = dict[int, LeadState]
_CANCELLED_BY = "decision: "


@dataclass(frozen=True, slots=True)
class Record:
    """One row of `decisions`: which rule decided what, and from which inputs."""

    rule: str
    outcome: str
    inputs: Mapping[str, object]
    campaign_id: int | None = None
    lead_id: int | None = None
    inbound_email_id: int | None = None
    outbound_email_id: int | None = None


def settle(tx: Transaction, dossiers: Dossiers, lead_ids: Iterable[int], because: Mapping[str, int]) -> States:
    """Fold these leads and write what follows, also for other leads of an address that must rest.

    `because` names the inbound e-mail behind an address's suppression. Returns the state of each lead folded.
    """
    now = tx.clock()
    states = {lead_id: dossiers[lead_id].fold(now) for lead_id in lead_ids if lead_id in dossiers}
    suppress = {dossiers[lead_id].email: state.suppress for lead_id, state in states.items() if state.suppress}
    others = _fold_others(dossiers, states, suppress, now)
    touched = {lead_id: dossiers[lead_id] for lead_id in sorted(states)}
    _move(tx, touched, states)
    _suppress(tx, suppress, because)
    _cancel(tx, states)
    _queue(tx, touched, states)
    _push(tx, touched, states)
    record(tx, [_for_another(dossiers[lead_id], states[lead_id]) for lead_id in others])
    return states


def _fold_others(
    dossiers: Dossiers, states: States, suppress: Mapping[str, Suppression | None], now: datetime
) -> list[int]:
    others = []
    for dossier in dossiers.values():
        if reason := suppress.get(dossier.email):
            dossier.history.append(Suppressed(reason, now))
            if dossier.lead_id not in states:
                others.append(dossier.lead_id)
            states[dossier.lead_id] = dossier.fold(now)
    return others


def _for_another(dossier: Dossier, state: LeadState) -> Record:
    inputs = {"event": "same address in another campaign", "before": dossier.status}
    return Record(state.rule.name, state.status, inputs, dossier.campaign_id, dossier.lead_id)


def record(tx: Transaction, records: Sequence[Record]) -> None:
    """Keep what was decided, and why."""
    names = [item.name for item in fields(Record)]
    rows = [{name: getattr(row, name) for name in names} | {"decided_at": tx.clock()} for row in records]
    execute(tx.connection, from_rows(insert(decisions), decisions, [*names, "decided_at"]), rows)


def _move(tx: Transaction, dossiers: Dossiers, states: States) -> None:
    rows = [
        {
            "id": lead_id,
            "status": states[lead_id].status,
            "reason": states[lead_id].rule.value,
            "hold_until": states[lead_id].hold_until,
            "replied_at": states[lead_id].last_replied_at,
        }
        for lead_id in dossiers
    ]
    new = as_table(
        column("id", BigInteger),
        column("status", Text),
        column("reason", Text),
        column("hold_until", DateTime(timezone=True)),
        column("replied_at", DateTime(timezone=True)),
    )
    columns = {
        leads.c.status: new.c.status,
        leads.c.status_reason: new.c.reason,
        leads.c.hold_until: new.c.hold_until,
        leads.c.last_replied_at: new.c.replied_at,
    }
    changed = func.row(*columns).is_distinct_from(func.row(*columns.values()))
    execute(tx.connection, update(leads).values(columns).where(leads.c.id == new.c.id, changed), rows)


def _suppress(tx: Transaction, reasons: Mapping[str, Suppression | None], because: Mapping[str, int]) -> None:
    rows = [
        {
            "target": email,
            "reason": reason,
            "inbound_email_id": because.get(email),
            "created_at": tx.clock(),
        }
        for email, reason in sorted(reasons.items())
    ]
    statement = upsert(suppressions)
    names = ("target", "reason", "inbound_email_id", "created_at")
    execute(tx.connection, from_rows(statement, suppressions, names).on_conflict_do_nothing(), rows)


def _cancel(tx: Transaction, states: States) -> None:
    rows = [
        {"id": lead_id, "reason": _CANCELLED_BY + state.rule.value}
        for lead_id, state in sorted(states.items())
        if state.stops
    ]
    new = as_table(column("id", BigInteger), column("reason", Text))
    statement = (
        update(outbound_emails)
        .values(cancelled_at=tx.clock(), cancel_reason=new.c.reason)
        .where(outbound_emails.c.lead_id == new.c.id, outbound_emails.c.status == OutboundState.QUEUED)
    )
    execute(tx.connection, statement, rows)


def _queue(tx: Transaction, dossiers: Dossiers, states: States) -> None:
    rows = [row for lead_id, dossier in dossiers.items() if (row := _next_email(dossier, states[lead_id], tx.clock()))]
    statement = upsert(outbound_emails)
    names = ("campaign_id", "lead_id", "mailbox_id", "position", "variant", "silence_days", "due_at", "trace_id")
    # An e-mail that a decision cancelled comes back when the reply behind it is understood anew.
    ours = outbound_emails.c.cancel_reason.startswith(_CANCELLED_BY)
    execute(
        tx.connection,
        from_rows(statement, outbound_emails, names).on_conflict_do_update(
            index_elements=["lead_id", "position"],
            set_={"cancelled_at": None, "cancel_reason": None, "due_at": statement.excluded.due_at},
            where=(outbound_emails.c.state == OutboundState.QUEUED)
            & outbound_emails.c.cancelled_at.is_not(None)
            & ours,
        ),
        rows,
    )


def _next_email(dossier: Dossier, state: LeadState, now: datetime) -> dict[str, object] | None:
    if state.next_position is None:
        return None
    step = dossier.steps.follow_up(dossier.lead_id, state.next_position)
    if step is None:
        return None
    return {
        "campaign_id": dossier.campaign_id,
        "lead_id": dossier.lead_id,
        "mailbox_id": dossier.mailbox_id,
        "position": step.position,
        "variant": step.variant,
        "silence_days": step.silence_days,
        "due_at": _due_at(dossier, state, step, now),
        "trace_id": str(dossier.traces[max(dossier.traces)] if dossier.traces else new_trace()),
    }


def _due_at(dossier: Dossier, state: LeadState, step: FollowUp, now: datetime) -> datetime:
    # The wait counts from the step before, which may have failed long before its time was over.
    waited = after_days(state.last_step_at or now, step.wait_days, dossier.policy.day_seconds)
    return opens(dossier.window, max(now, waited, state.hold_until or now))


def _push(tx: Transaction, dossiers: Dossiers, states: States) -> None:
    rows = [
        {"id": lead_id, "due_at": opens(dossier.window, hold_until)}
        for lead_id, dossier in dossiers.items()
        if states[lead_id].status is LeadStatus.ON_HOLD and (hold_until := states[lead_id].hold_until)
    ]
    new = as_table(column("id", BigInteger), column("due_at", DateTime(timezone=True)))
    mail = outbound_emails.c
    statement = update(outbound_emails).values(due_at=new.c.due_at)
    conditions: Sequence[ColumnElement[bool]] = (
        mail.lead_id == new.c.id,
        mail.status == OutboundState.QUEUED,
        mail.due_at < new.c.due_at,
    )
    execute(tx.connection, statement.where(*conditions), rows)
