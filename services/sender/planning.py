"""Plans one run: which e-mails are due, and how many of them the caps allow."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import Connection, bindparam, or_, select, true

from services.sender.config import SenderSettings
from services.sender.counters import reserve
from services.sender.rules_shares import Key, Wish, campaign_cap
from shared.states import CampaignStatus, OutboundState
from shared.tables import campaigns, mailboxes, outbound_emails
from shared.unit_of_work import Transaction

_SENDING = (CampaignStatus.RUNNING, CampaignStatus.DEGRADED)
_next = (
    select(outbound_emails.c.id, outbound_emails.c.mailbox_id, outbound_emails.c.not_before)
    .where(outbound_emails.c.campaign_id == campaigns.c.id, outbound_emails.c.status == OutboundState.QUEUED)
    .where(outbound_emails.c.not_before <= bindparam("now"))
    .order_by(outbound_emails.c.not_before)
    .limit(bindparam("batch_cap"))
    .lateral("due")
)
_DUE = (
    select(_next.c.id, _next.c.mailbox_id, campaigns.c.id.label("campaign_id"))
    .join(mailboxes, mailboxes.c.id == campaigns.c.mailbox_id)
    .join(_next, true())
    .where(campaigns.c.status.in_(_SENDING))
    .where(or_(mailboxes.c.send_retry_at.is_(None), mailboxes.c.send_retry_at <= bindparam("now")))
    .order_by(_next.c.not_before, _next.c.id)
)


@dataclass(frozen=True, slots=True)
class Due:
    """An e-mail whose time has come, and what its slot is counted under."""

    id: int
    key: Key


@dataclass(frozen=True, slots=True)
class Mailbox:
    """What a provider is made from; the secrets are references."""

    id: int
    address: str
    provider: str
    smtp_host: str | None
    smtp_port: int | None
    smtp_security: str
    smtp_username: str | None
    smtp_password_ref: str | None
    resend_api_key_ref: str | None


@dataclass(frozen=True, slots=True)
class Plan:
    """One run: the due e-mails in order, the mailboxes they leave through, the slots reserved for them."""

    day: date
    due: Sequence[Due]
    mailboxes: Mapping[int, Mailbox]
    wishes: Sequence[Wish]
    granted: Mapping[Key, int]


def plan(tx: Transaction, settings: SenderSettings) -> Plan | None:
    """Find what is due and reserve slots for it; None if nothing is."""
    now = tx.clock()
    due = _due(tx.connection, now, settings.email_batch_cap)
    if not due:
        return None
    wishes = _wishes(due)
    caps = _caps(tx.connection, wishes, settings.email_daily_cap)
    day = now.astimezone(UTC).date()
    granted = reserve(tx, day, wishes, caps, settings.email_batch_cap)
    return Plan(day, due, _mailboxes(tx.connection, {one.key[1] for one in due}), wishes, granted)


def _due(connection: Connection, now: datetime, batch_cap: int) -> list[Due]:
    rows = connection.execute(_DUE, {"now": now, "batch_cap": batch_cap})
    return [Due(row.id, (row.campaign_id, row.mailbox_id)) for row in rows]


def _wishes(due: Sequence[Due]) -> list[Wish]:
    wanted: dict[Key, int] = {}
    for one in due:
        wanted[one.key] = wanted.get(one.key, 0) + 1
    return [Wish(key, count, ("total", f"mailbox:{key[1]}", f"campaign:{key[0]}")) for key, count in wanted.items()]


def _caps(connection: Connection, wishes: Sequence[Wish], total: int) -> dict[str, int | None]:
    caps: dict[str, int | None] = {"total": total}
    of_mailboxes = select(mailboxes.c.id, mailboxes.c.daily_cap).where(mailboxes.c.id.in_({w.key[1] for w in wishes}))
    for row in connection.execute(of_mailboxes):
        caps[f"mailbox:{row.id}"] = row.daily_cap
    of_campaigns = select(campaigns.c.id, campaigns.c.daily_cap, campaigns.c.status).where(
        campaigns.c.id.in_({wish.key[0] for wish in wishes})
    )
    for campaign in connection.execute(of_campaigns):
        degraded = campaign.status == CampaignStatus.DEGRADED
        caps[f"campaign:{campaign.id}"] = campaign_cap(campaign.daily_cap, total, degraded=degraded)
    return caps


def _mailboxes(connection: Connection, ids: set[int]) -> dict[int, Mailbox]:
    names = list(Mailbox.__slots__)
    rows = connection.execute(select(*(mailboxes.c[name] for name in names)).where(mailboxes.c.id.in_(ids)))
    return {row.id: Mailbox(*row) for row in rows}
