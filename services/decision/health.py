"""Counts how campaigns are doing, and moves them when their rules say so."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import update

from services.decision.counting import ALIVE, COUNTS, REFUSED
from services.decision.rules import Counts, Limits, Verdict
from services.decision.settle import Record
from shared.events import AlertRequested
from shared.states import CampaignStatus
from shared.tables import campaigns
from shared.unit_of_work import Transaction

_ALERTS = {CampaignStatus.PAUSED: "CAMPAIGN_PAUSED", CampaignStatus.DEGRADED: "CAMPAIGN_DEGRADED"}


@dataclass(frozen=True, slots=True)
class Checkup:
    """A campaign that sends, what its sends came to, and whether anything is left to do."""

    campaign_id: int
    name: str
    status: CampaignStatus
    rules_since: datetime
    counts: Counts
    limits: Limits
    finished: bool


def check_up(tx: Transaction, defaults: Limits) -> list[Checkup]:
    """Return all campaigns that send, each counted since its rules count."""
    rows = tx.connection.execute(ALIVE).all()
    now = {"now": tx.clock()}
    counted = {row.campaign_id: row for row in tx.connection.execute(COUNTS, now)} if rows else {}
    refused = {row.campaign_id: row.refused for row in tx.connection.execute(REFUSED)} if rows else {}
    return [_checkup(row, counted.get(row.id), refused.get(row.id, 0), defaults) for row in rows]


def move(tx: Transaction, checkup: Checkup, verdict: Verdict) -> Record | None:
    """Give a campaign its new status and ask for the alert; None if a person moved it meanwhile."""
    statement = (
        update(campaigns)
        .values(status=verdict.status, status_reason=verdict.reason, status_changed_at=tx.clock())
        .where(
            campaigns.c.id == checkup.campaign_id,
            campaigns.c.status == checkup.status,
            campaigns.c.rules_since == checkup.rules_since,
        )
        .returning(campaigns.c.id)
    )
    if tx.connection.execute(statement).first() is None:
        return None
    if alert_type := _ALERTS.get(verdict.status):
        tx.emit(_alert(alert_type, checkup, verdict))
    inputs = {
        "before": checkup.status,
        "rules_since": checkup.rules_since.isoformat(),
        "counts": asdict(checkup.counts),
        "limits": asdict(checkup.limits),
    }
    return Record(verdict.rule, verdict.status, inputs, campaign_id=checkup.campaign_id)


def _alert(alert_type: str, checkup: Checkup, verdict: Verdict) -> AlertRequested:
    return AlertRequested(
        alert_type=alert_type,
        subject=f"{checkup.campaign_id}/{checkup.rules_since.isoformat()}/{verdict.status}",
        title=f"Campaign {verdict.status.lower()}: {checkup.name}"[:200],
        message=f"{verdict.reason}. Counted since {checkup.rules_since:%Y-%m-%d %H:%M} UTC.",
        campaign_id=checkup.campaign_id,
    )


def _checkup(row: Any, counted: Any, refused: int, defaults: Limits) -> Checkup:  # noqa: ANN401 - result rows
    limits = Limits(
        auto_pause=defaults.auto_pause if row.auto_pause is None else row.auto_pause,
        min_reply_rate=defaults.min_reply_rate if row.min_reply_rate is None else row.min_reply_rate,
        min_sends=defaults.min_sends if row.min_sends_to_evaluate is None else row.min_sends_to_evaluate,
    )
    counts = Counts(sent=refused, bounced=refused)
    if counted:
        counts = Counts(
            sent=counted.sent + refused,
            settled=counted.settled,
            replied=counted.replied,
            bounced=counted.bounced + refused,
            complained=counted.complained,
        )
    return Checkup(row.id, row.name, CampaignStatus(row.status), row.rules_since, counts, limits, row.finished)
