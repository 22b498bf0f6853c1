"""Campaigns in numbers: where the leads stand, what was sent, what came back."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from rich.console import RenderableType
from sqlalchemy import Connection, Executable, RowMapping, func, select, text

from console.launching import first_due
from console.output import counts, in_words, table
from shared.states import CANCELLED, CampaignStatus, LeadStatus, OutboundState
from shared.tables import campaign_metrics, campaigns, leads, outbound_emails

Row = dict[str, object]
_METRICS = ("sent", "positive", "negative", "neutral", "unsub", "ooo", "bounce", "timeouts")
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_EMAIL_STATUSES = (*OutboundState, CANCELLED)
# The counters of a day are kept up by the decision service now and then; replies are counted from the rows.
_REPLIES = """
SELECT campaign_id, classification, count(*) FROM inbound_emails
WHERE campaign_id IS NOT NULL AND classification IS NOT NULL GROUP BY 1, 2
"""


def overview(connection: Connection) -> list[Row]:
    """Return all campaigns, each with its leads, e-mails and replies by status."""
    of_leads = _counted(
        connection,
        select(leads.c.campaign_id, leads.c.status, func.count()).group_by(*leads.c["campaign_id", "status"]),
    )
    of_emails = _counted(
        connection,
        select(outbound_emails.c.campaign_id, outbound_emails.c.status, func.count()).group_by(
            *outbound_emails.c["campaign_id", "status"]
        ),
    )
    of_replies = _counted(connection, text(_REPLIES))
    return [
        {
            "name": row["name"],
            "status": row["status"],
            "reason": row["status_reason"],
            "since": row["status_changed_at"],
            "leads": _in_order(of_leads.get(row["id"], {}), LeadStatus),
            "emails": _in_order(of_emails.get(row["id"], {}), _EMAIL_STATUSES),
            "replies": of_replies.get(row["id"], {}),
        }
        for row in connection.execute(select(campaigns).order_by(campaigns.c.id)).mappings()
    ]


def _counted(connection: Connection, statement: Executable) -> dict[int, dict[str, int]]:
    found: dict[int, dict[str, int]] = {}
    for campaign_id, status, count in connection.execute(statement):
        found.setdefault(campaign_id, {})[status] = count
    return found


def _in_order(found: dict[str, int], statuses: Iterable[str]) -> dict[str, int]:
    return {str(status): found[status] for status in statuses if status in found}


def told(found: list[Row]) -> Iterator[RenderableType]:
    """Yield what people read of all campaigns."""
    if not found:
        yield "no campaigns yet: cam campaign create"
        return
    rows = [
        (row["name"], row["status"], _count(row["leads"]), _count(row["emails"]), _count(row["replies"]), row["reason"])
        for row in found
    ]
    yield table("campaigns", ["name", "status", "leads", "e-mails", "replies", "why"], rows)


def _count(numbers: object) -> str:
    return counts(numbers) if isinstance(numbers, dict) else ""


def details(connection: Connection, campaign: RowMapping, now: datetime) -> Row:
    """Return everything about one campaign."""
    mine = next(row for row in overview(connection) if row["name"] == campaign["name"])
    due = first_due(connection, campaign["id"])
    return mine | {
        "daily_cap": campaign["daily_cap"],
        "end": f"{campaign['end_policy']} after {campaign['end_wait_days']:g} days",
        "window": _window(campaign),
        "steps": _steps(connection, campaign["id"]),
        "next_due_at": due,
        "next": _next(campaign, due, now),
    }


def _steps(connection: Connection, campaign_id: int) -> list[Row]:
    of = campaign_metrics.c
    numbers = [func.sum(of[name]).label(name) for name in _METRICS]
    statement = select(of.position, of.variant, *numbers).where(of.campaign_id == campaign_id)
    grouped = statement.group_by(of.position, of.variant).order_by(of.position, of.variant)
    return [dict(row) for row in connection.execute(grouped).mappings()]


def _window(campaign: RowMapping) -> str:
    days = ", ".join(_WEEKDAYS[day - 1] for day in campaign["window_weekdays"])
    start, end = (f"{m // 60:02}:{m % 60:02}" for m in (campaign["window_start_minute"], campaign["window_end_minute"]))
    return f"{days} {start}-{end} {campaign['timezone']}"


def _next(campaign: RowMapping, due: datetime | None, now: datetime) -> str:
    if campaign["status"] not in {CampaignStatus.RUNNING, CampaignStatus.DEGRADED}:
        return f"nothing is sent: the campaign is {campaign['status']}"
    if due is None:
        return "nothing is queued: every lead waits for an answer or has come to an end"
    return f"the next e-mail is due {in_words(due)}" if due > now else "e-mails are due now"


def details_told(found: Row) -> Iterator[RenderableType]:
    """Yield what people read of one campaign."""
    facts = [
        ("status", found["status"]),
        ("since", found["since"]),
        ("why", found["reason"] or None),
        ("next", found["next"]),
        ("leads", _count(found["leads"])),
        ("e-mails", _count(found["emails"])),
        ("replies", _count(found["replies"])),
        ("window", found["window"]),
        ("daily cap", found["daily_cap"]),
        ("no answer", found["end"]),
    ]
    yield table(str(found["name"]), ["", ""], facts)
    steps = found["steps"]
    if isinstance(steps, list) and steps:
        yield ""
        columns = ("position", "variant", *_METRICS)
        yield table("by step", ["step", *columns[1:]], [[row[name] for name in columns] for row in steps])
