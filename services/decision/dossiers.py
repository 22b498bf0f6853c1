"""Reads what the database knows about the leads of a batch, under their locks."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select

from services.decision.happenings import Failed, Happening, Sent, Silent, Suppressed, Suppression, Understood
from services.decision.rules import LeadState, Policy, Steps, fold
from shared.events import NO_ABUSE, BounceKind, Classification
from shared.schedule import Window, known_zone
from shared.states import EndPolicy, LeadStatus, OutboundState
from shared.tables import campaigns, inbound_emails, leads, outbound_emails, sequence_steps, suppressions
from shared.unit_of_work import Transaction

_LEFT = {OutboundState.SENT, OutboundState.UNKNOWN}
_TRIED = (*sorted(_LEFT), OutboundState.FAILED, OutboundState.SKIPPED)


@dataclass(frozen=True, slots=True)
class Terms:
    """The settings a fold needs: how long an undated absence lasts, and how long a day is."""

    ooo_default_days: float = 7
    day_seconds: float = 86_400


@dataclass(frozen=True, slots=True)
class Dossier:
    """One locked lead with its campaign's terms and its history."""

    lead_id: int
    email: str
    status: LeadStatus
    campaign_id: int
    campaign_name: str
    mailbox_id: int
    window: Window
    steps: Steps
    policy: Policy
    history: list[Happening] = field(default_factory=list)
    positions: dict[int, int] = field(default_factory=dict)  # of its outbound e-mails, by id
    answered: dict[int, int | None] = field(default_factory=dict)  # outbound e-mail, by inbound e-mail's id
    traces: dict[int, UUID] = field(default_factory=dict)  # of its outbound e-mails, by position

    def fold(self, now: datetime) -> LeadState:
        """Return where this lead stands."""
        return fold(self.history, self.policy, now)

    def understood(self, inbound_email_id: int) -> Understood | None:
        """Return what an inbound e-mail is understood to mean now."""
        found = (item for item in self.history if isinstance(item, Understood))
        return next((item for item in found if item.inbound_email_id == inbound_email_id), None)

    def answered_step(self, inbound_email_id: int) -> int | None:
        """Return the position of the step that an inbound e-mail answers, if it is known."""
        outbound_email_id = self.answered.get(inbound_email_id)
        return self.positions.get(outbound_email_id) if outbound_email_id else None


Dossiers = dict[int, Dossier]


def open_dossiers(
    tx: Transaction, lead_ids: Collection[int], terms: Terms, silent: Collection[int] = frozenset()
) -> Dossiers:
    """Lock these leads and all others of the same addresses, in the order of their ids, and read their histories.

    `silent` are the outbound e-mails of which it was just told that nobody answered.
    """
    if not lead_ids:
        return {}
    rows = tx.connection.execute(_locked(lead_ids)).all()
    steps = _steps(tx, {row.campaign_id: row.end_wait_days for row in rows})
    dossiers = {row.id: _dossier(row, steps[row.campaign_id], terms) for row in rows}
    _read_outbound(tx, dossiers, silent)
    _read_inbound(tx, dossiers)
    _read_suppressions(tx, dossiers)
    return dossiers


# NO KEY: queueing an e-mail takes a key share lock on its lead, which must not wait for us.
def _locked(lead_ids: Collection[int]) -> Any:  # noqa: ANN401 - the type of a select with thirteen columns
    addresses = select(leads.c.email).where(leads.c.id.in_(lead_ids)).scalar_subquery()
    return (
        select(
            leads.c.id,
            leads.c.email,
            leads.c.status,
            leads.c.timezone.label("lead_timezone"),
            campaigns.c.id.label("campaign_id"),
            campaigns.c.name.label("campaign_name"),
            campaigns.c.mailbox_id,
            campaigns.c.end_policy,
            campaigns.c.end_wait_days,
            campaigns.c.timezone,
            campaigns.c.window_start_minute,
            campaigns.c.window_end_minute,
            campaigns.c.window_weekdays,
        )
        .join(campaigns, campaigns.c.id == leads.c.campaign_id)
        .where(leads.c.email.in_(addresses))
        .order_by(leads.c.id)
        .with_for_update(of=leads, key_share=True)
    )


def _steps(tx: Transaction, end_waits: Mapping[int, float]) -> dict[int, Steps]:
    waits: dict[int, dict[int, dict[str, float]]] = {campaign_id: defaultdict(dict) for campaign_id in end_waits}
    step = sequence_steps.c
    statement = select(step.campaign_id, step.position, step.variant, step.wait_days)
    for row in tx.connection.execute(statement.where(step.campaign_id.in_(end_waits))):
        waits[row.campaign_id][row.position][row.variant] = row.wait_days
    return {campaign_id: Steps(found, end_waits[campaign_id]) for campaign_id, found in waits.items()}


def _dossier(row: Row[Any], steps: Steps, terms: Terms) -> Dossier:
    place = known_zone(row.timezone)
    return Dossier(
        lead_id=row.id,
        email=row.email,
        status=LeadStatus(row.status),
        campaign_id=row.campaign_id,
        campaign_name=row.campaign_name,
        mailbox_id=row.mailbox_id,
        window=_window(row),
        steps=steps,
        policy=Policy(place, steps.last_position, EndPolicy(row.end_policy), terms.ooo_default_days, terms.day_seconds),
    )


def _window(row: Row[Any]) -> Window:
    place = known_zone(row.lead_timezone, row.timezone)
    try:
        return Window(place, row.window_start_minute, row.window_end_minute, frozenset(row.window_weekdays))
    except ValueError:
        # The sender, which looks again before each e-mail, names what is wrong with this window.
        return Window(place)


def _read_outbound(tx: Transaction, dossiers: Dossiers, silent: Collection[int]) -> None:
    mail = outbound_emails.c
    tried_at = func.coalesce(mail.sent_at, mail.lease_expires_at, mail.not_before).label("tried_at")
    columns = (mail.id, mail.lead_id, mail.position, mail.state, mail.error_message, mail.silent_at, tried_at)
    rest = (mail.silence_announced_at, mail.trace_id)
    statement = select(*columns, *rest).where(mail.lead_id.in_(dossiers), mail.state.in_(_TRIED))
    for row in tx.connection.execute(statement):
        dossier = dossiers[row.lead_id]
        dossier.positions[row.id] = row.position
        if row.trace_id:
            dossier.traces[row.position] = row.trace_id
        verdict = (row.error_message or "")[:200]
        dossier.history.append(
            Sent(row.position, row.tried_at) if row.state in _LEFT else Failed(row.position, row.tried_at, verdict)
        )
        if row.silence_announced_at or row.id in silent:
            dossier.history.append(Silent(row.position, row.silent_at or row.tried_at))


def _read_inbound(tx: Transaction, dossiers: Dossiers) -> None:
    mail = inbound_emails.c
    statement = select(
        mail.id,
        mail.lead_id,
        mail.outbound_email_id,
        mail.received_at,
        mail.classification,
        mail.classification_facts,
    ).where(mail.lead_id.in_(dossiers), mail.classification.is_not(None))
    for row in tx.connection.execute(statement):
        dossier = dossiers[row.lead_id]
        dossier.answered[row.id] = row.outbound_email_id
        facts = row.classification_facts if isinstance(row.classification_facts, dict) else {}
        dossier.history.append(_understood(row.id, row.received_at, Classification(row.classification), facts))


def _understood(
    inbound_email_id: int, received_at: datetime, classification: Classification, facts: Mapping[str, object]
) -> Understood:
    reply = Understood(inbound_email_id, received_at, classification)
    return replace(
        reply,
        return_date=_day(facts.get("return_date")),
        bounce_kind=_kind(facts.get("bounce_kind")),
        left_company=facts.get("left_company") is True,
        complaint=facts.get("complaint") is True and facts.get("feedback_type") not in NO_ABUSE,
        delayed=facts.get("delayed") is True,
        delivered=facts.get("delivered") is True,
        needs_review=facts.get("needs_review") is True,
    )


def _day(value: object) -> date | None:
    try:
        return date.fromisoformat(str(value)[:10]) if value else None
    except ValueError:
        return None


def _kind(value: object) -> BounceKind | None:
    return BounceKind(value) if isinstance(value, str) and value in set(BounceKind) else None


def _read_suppressions(tx: Transaction, dossiers: Dossiers) -> None:
    by_target: dict[str, list[Dossier]] = defaultdict(list)
    for dossier in dossiers.values():
        for target in targets(dossier.email):
            by_target[target].append(dossier)
    listed = suppressions.c
    statement = select(listed.target, listed.reason, listed.created_at).where(listed.target.in_(by_target))
    for row in tx.connection.execute(statement):
        reason = Suppression(row.reason) if row.reason in set(Suppression) else Suppression.MANUAL
        _list(by_target[row.target], Suppressed(reason, row.created_at))


def _list(found: Iterable[Dossier], suppressed: Suppressed) -> None:
    for dossier in found:
        dossier.history.append(suppressed)


def targets(email: str) -> Sequence[str]:
    """Return the ways in which an address can be on the list: itself, and its domain."""
    return email, "@" + email.rpartition("@")[2]
