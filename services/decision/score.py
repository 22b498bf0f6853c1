"""Keeps `campaign_metrics`: a fold over one day's mail, so that counting it again changes nothing."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import CompoundSelect, Date, Integer, Label, Select, case, cast, func, literal, select, union_all
from sqlalchemy.dialects.postgresql import insert as upsert

from services.decision.notices import NOTICE
from services.decision.rules import Rule
from shared.events import Classification
from shared.states import CampaignStatus
from shared.tables import campaign_metrics, campaigns, decisions, inbound_emails, outbound_emails
from shared.unit_of_work import Transaction

_REPLIES = {kind: kind.value.lower() for kind in Classification}
COUNTERS = ("sent", *_REPLIES.values(), "timeouts")
# The wait of an e-mail is over for people who answered it too; theirs are no timeouts.
_UNANSWERED = [rule.name for rule in (Rule.WAITING, Rule.AWAY, Rule.SILENT)]
_KEY = ("campaign_id", "position", "variant")
_Part = Select[*tuple[object, ...]]


def count_day(tx: Transaction, day: date) -> None:
    """Count the sends, replies and timeouts of one UTC day anew; the cost follows that day's mail."""
    start = datetime.combine(day, time(), UTC)
    counted = _counted(start, start + timedelta(days=1)).subquery("counted")
    key = [counted.c[name] for name in _KEY]
    sums = [func.sum(counted.c[name]) for name in COUNTERS]
    rows = select(*key, literal(day, Date), *sums).group_by(*key)
    statement = upsert(campaign_metrics).from_select([*_KEY, "day", *COUNTERS], rows)
    new = [statement.excluded[name] for name in COUNTERS]
    changed = func.row(*(campaign_metrics.c[name] for name in COUNTERS)).is_distinct_from(func.row(*new))
    tx.connection.execute(
        statement.on_conflict_do_update(
            index_elements=[*_KEY, "day"], set_=dict(zip(COUNTERS, new, strict=True)), where=changed
        )
    )


def days_touched(tx: Transaction, since: datetime) -> set[date]:
    """Return the days on which replies arrived that were decided about since then."""
    mail = inbound_emails.c
    day = cast(func.timezone("UTC", mail.received_at), Date)
    statement = (
        select(day)
        .distinct()
        .select_from(campaigns)
        .join(decisions, decisions.c.campaign_id == campaigns.c.id)
        .join(inbound_emails, mail.id == decisions.c.inbound_email_id)
        .where(decisions.c.decided_at >= since)
    )
    return set(tx.connection.execute(statement).scalars())


def _counted(start: datetime, end: datetime) -> CompoundSelect[*tuple[object, ...]]:
    # Rows that exist already take part with zeros, so that a counter whose mail is gone falls back to zero.
    old = campaign_metrics.c
    known = select(old.campaign_id, old.position, old.variant, *_ones()).where(old.day == start.date())
    return union_all(_sent(start, end), _replies(start, end), _timeouts(start, end), known)


def _sent(start: datetime, end: datetime) -> _Part:
    mail = outbound_emails.c
    return (
        select(mail.campaign_id, mail.position, mail.variant, *_ones("sent"))
        .select_from(campaigns)
        .join(outbound_emails, mail.campaign_id == campaigns.c.id)
        .where(campaigns.c.status != CampaignStatus.DRAFT, mail.sent_at >= start, mail.sent_at < end)
    )


def _replies(start: datetime, end: datetime) -> _Part:
    mail, reply = outbound_emails.c, inbound_emails.c
    latest = outbound_emails.alias("latest")
    # A reply outside the thread answers what was sent last.
    guess = (
        select(latest.c.id)
        .where(latest.c.lead_id == reply.lead_id, latest.c.sent_at <= reply.received_at)
        .order_by(latest.c.position.desc())
        .limit(1)
        .scalar_subquery()
    )
    counts = [case((reply.classification == kind, 1), else_=0).label(name) for kind, name in _REPLIES.items()]
    zero = literal(0, Integer)
    return (
        select(mail.campaign_id, mail.position, mail.variant, zero.label("sent"), *counts, zero.label("timeouts"))
        .select_from(inbound_emails)
        .join(outbound_emails, mail.id == func.coalesce(reply.outbound_email_id, guess))
        .where(reply.received_at >= start, reply.received_at < end, reply.classification.is_not(None), ~NOTICE)
    )


def _timeouts(start: datetime, end: datetime) -> _Part:
    mail = outbound_emails.c
    return (
        select(mail.campaign_id, mail.position, mail.variant, *_ones("timeouts"))
        .select_from(campaigns)
        .join(decisions, decisions.c.campaign_id == campaigns.c.id)
        .join(outbound_emails, mail.id == decisions.c.outbound_email_id)
        .where(decisions.c.decided_at >= start, decisions.c.decided_at < end, decisions.c.rule.in_(_UNANSWERED))
    )


def _ones(*names: str) -> Sequence[Label[int]]:
    return [literal(int(name in names), Integer).label(name) for name in COUNTERS]
