"""Who did what to dead letters, when and why, and what became of them by now."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from rich.console import RenderableType
from rich.text import Text
from sqlalchemy import Connection, text

from console.letters import audit
from console.output import ago, clean, counts, table
from shared.errors import ConfigurationError

Row = dict[str, object]

# What was not known when the action ended is looked up now, as the action itself would.
_RESULT = f"""
SELECT r.action_id, r.letter_id, r.queue, r.event_id, r.at, coalesce(
    CASE WHEN r.result IS NULL OR r.result = '{audit.STILL_TRYING}' THEN
        CASE WHEN h.consumer IS NOT NULL THEN '{audit.DONE}' WHEN d.id IS NOT NULL THEN '{audit.FAILED_AGAIN}' END
    END, r.result, '{audit.UNKNOWN}') AS result
FROM dead_letter_results r
LEFT JOIN handled_events h ON h.consumer = r.queue AND h.idempotency_key = r.idempotency_key
LEFT JOIN LATERAL (
    SELECT d.id FROM dead_letters d WHERE d.replay_id = r.action_id AND d.replayed_letter_id = r.letter_id LIMIT 1
) d ON true
"""  # noqa: S608 - constants of ours
_ACTIONS = f"""
SELECT a.id, a.action, a.operator, a.reason, a.started_at, a.ended_at, a.end_reason, a.chosen, a.selection,
       coalesce((SELECT jsonb_object_agg(result, number) FROM (
           SELECT result, count(*) AS number FROM ({_RESULT}) r WHERE r.action_id = a.id GROUP BY result
       ) counted), '{{}}') AS results
FROM dead_letter_actions a ORDER BY a.id DESC LIMIT :limit
"""  # noqa: S608 - as above


def actions(connection: Connection, limit: int) -> list[Row]:
    """Return the newest actions, each with how many letters came to what."""
    return [dict(row) for row in connection.execute(text(_ACTIONS), {"limit": limit}).mappings()]


def letters(connection: Connection, number: int) -> list[Row]:
    """Return every letter of one action; raise `ConfigurationError` if there is no such action."""
    known = connection.execute(text("SELECT id FROM dead_letter_actions WHERE id = :id"), {"id": number}).first()
    if known is None:
        raise ConfigurationError(f"there is no action {number} (cam dlq history lists them)")
    statement = text(f"{_RESULT} WHERE r.action_id = :id ORDER BY r.at, r.letter_id")
    return [dict(row) for row in connection.execute(statement, {"id": number}).mappings()]


def actions_told(rows: Sequence[Row], now: datetime) -> Iterator[RenderableType]:
    """Yield who did what."""
    if not rows:
        yield "nobody has replayed, edited or discarded a dead letter yet"
        return
    columns = ["no.", "what", "who", "when", "why", "chosen", "became", "ended"]
    yield table("history", columns, [_cells(row, now) for row in rows])


def _cells(row: Row, now: datetime) -> Sequence[object]:
    started, results = row["started_at"], row["results"]
    began = ago(started, now) if isinstance(started, datetime) else None
    ended = row["end_reason"] or ("whole" if row["ended_at"] else "not ended (under way, or killed)")
    became = counts(results).replace("_", " ") if isinstance(results, dict) else ""
    return (row["id"], row["action"], row["operator"], began, row["reason"], row["chosen"], became, ended)


def letters_told(rows: Sequence[Row]) -> Iterator[RenderableType]:
    """Yield what became of each letter."""
    cells = [(row["letter_id"], row["queue"], row["event_id"], row["result"], row["at"]) for row in rows]
    yield table("letters", ["letter", "queue", "event", "result", "since"], cells)
    if not rows:
        yield Text(clean("none was touched"))
