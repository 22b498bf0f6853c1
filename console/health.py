"""How the installation is: services, queues, doubtful sends; read from database and broker."""

from collections.abc import Iterator
from datetime import datetime

from rich.console import RenderableType
from rich.text import Text
from sqlalchemy import Connection, text

from console import funnel, mailboxes
from console.output import ago, clean, table
from shared.errors import CamError
from shared.messaging import topology
from shared.states import WorkerStatus

Row = dict[str, object]
_SERVICES = """
SELECT service, worker_id, status, last_seen_at, broker_verified_at, last_delivery_at, last_commit_at, in_flight,
       last_error
FROM (SELECT *, max(last_seen_at) OVER (PARTITION BY service) AS newest,
             row_number() OVER (PARTITION BY service, status ORDER BY last_seen_at DESC) AS nth
      FROM cam_worker_heartbeats) AS beats
WHERE status IN ('RUNNING', 'DRAINING') OR nth = 1 AND (status = 'DEAD' OR last_seen_at = newest)
ORDER BY service, last_seen_at DESC
"""
_DOUBTFUL = """
SELECT o.id, c.name AS campaign, l.email, o.position AS step, o.message_id, o.error_message, o.lease_expires_at AS since
FROM outbound_emails o JOIN leads l ON l.id = o.lead_id JOIN campaigns c ON c.id = o.campaign_id
WHERE o.status = 'UNKNOWN' ORDER BY o.id DESC LIMIT 50
"""
_EXPECTED = ("sender", "inbox", "classifier", "decision", "alerter")
_STALE_HEARTBEAT = "no sign of life"


def collect(connection: Connection, amqp_url: str, ttl_seconds: float, now: datetime) -> dict[str, object]:
    """Return everything `cam status` shows; a broker that is away is told, not raised."""
    found: dict[str, object] = {
        "services": _services(connection, ttl_seconds, now),
        "mailboxes": mailboxes.all_(connection),
        "campaigns": funnel.overview(connection),
        "doubtful_emails": [dict(row) for row in connection.execute(text(_DOUBTFUL)).mappings()],
    }
    try:
        return found | {"queues": topology.depths(amqp_url), "broker_error": None}
    except CamError as error:
        return found | {"queues": {}, "broker_error": str(error)}


def _services(connection: Connection, ttl_seconds: float, now: datetime) -> list[Row]:
    found: list[Row] = []
    for row in connection.execute(text(_SERVICES)).mappings():
        silent = row["status"] in {WorkerStatus.RUNNING, WorkerStatus.DRAINING}
        silent = silent and (now - row["last_seen_at"]).total_seconds() > ttl_seconds
        found.append({**row, "alive": row["status"] == WorkerStatus.RUNNING and not silent, "silent": silent})
    return found


def told(found: dict[str, object], now: datetime) -> Iterator[RenderableType]:
    """Yield what people read."""
    yield from _services_told(_rows(found["services"]), now)
    yield ""
    yield from _queues_told(found)
    yield ""
    yield from mailboxes.told(_rows(found["mailboxes"]))
    yield ""
    yield from funnel.told(_rows(found["campaigns"]))
    yield from _doubts_told(_rows(found["doubtful_emails"]))


def _rows(value: object) -> list[Row]:
    return value if isinstance(value, list) else []


def _services_told(services: list[Row], now: datetime) -> Iterator[RenderableType]:
    rows = [
        (
            row["service"],
            _STALE_HEARTBEAT if row["silent"] else row["status"],
            ago(_moment(row["last_seen_at"]), now),
            ago(_moment(row["last_delivery_at"]), now),
            row["in_flight"],
            str(row["worker_id"]).replace(f"{row['service']}/", "", 1),
            row["last_error"],
        )
        for row in services
    ]
    if rows:
        columns = ["service", "status", "last seen", "last delivery", "in flight", "worker", "last error"]
        yield table("services", columns, rows)
    alive = {row["service"] for row in services if row["alive"]}
    missing = [name for name in _EXPECTED if name not in alive]
    if missing:
        yield Text(f"not running: {', '.join(missing)} (cam up)", style="red")


def _moment(value: object) -> datetime | None:
    return value if isinstance(value, datetime) else None


def _queues_told(found: dict[str, object]) -> Iterator[RenderableType]:
    if found["broker_error"]:
        reason = clean(str(found["broker_error"])).removeprefix("broker: ")
        yield Text(f"queues: the broker does not answer ({reason})", style="red")
        return
    depths = found["queues"] if isinstance(found["queues"], dict) else {}
    if not depths:
        yield Text("queues: none are declared (cam setup)", style="red")
        return
    works = sorted(name for name in depths if ".retry." not in name and not name.endswith(".dlq"))
    rows = [
        (
            name,
            depths[name],
            sum(depth for other, depth in depths.items() if other.startswith(f"{name}.retry.")),
            depths.get(f"{name}.dlq", 0),
        )
        for name in works
    ]
    yield table("queues", ["queue", "waiting", "to be retried", "dead letters"], rows)
    if any(dead for *_, dead in rows):
        yield Text("dead letters: cam dlq group shows why", style="yellow")


def _doubts_told(doubts: list[Row]) -> Iterator[RenderableType]:
    if doubts:
        yield ""
        rows = [(row["campaign"], row["email"], row["step"], row["error_message"], row["message_id"]) for row in doubts]
        columns = ["campaign", "lead", "step", "why", "Message-ID"]
        yield table("doubtful e-mails (never sent again by themselves)", columns, rows)
