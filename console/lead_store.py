"""Puts a stream of leads into a campaign, inside the caller's transaction: COPY, then one INSERT..SELECT."""

import json
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from io import StringIO
from itertools import islice

from sqlalchemy import Connection, text

from console.importing import Reason, Rejected, Row
from console.rejects import Rejects

# Rows in one COPY: few enough that memory stays small and Ctrl-C is heard between two of them.
_CHUNK = 5_000
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
_NULL = "\\N"
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode

_STAGE = """
CREATE TEMPORARY TABLE incoming_leads (line int NOT NULL, email text NOT NULL, fields jsonb NOT NULL, timezone text)
ON COMMIT DROP
"""
_DROP_SUPPRESSED = """
DELETE FROM incoming_leads i USING suppressions s
WHERE s.target IN (i.email, '@' || split_part(i.email, '@', 2)) RETURNING i.line, i.email, s.target, s.reason
"""
_DROP_KNOWN = """
DELETE FROM incoming_leads i USING leads l
WHERE l.campaign_id = :campaign AND l.email = i.email RETURNING i.line, i.email
"""
_INSERT = """
INSERT INTO leads (campaign_id, email, fields, timezone)
SELECT :campaign, email, fields, timezone FROM incoming_leads ORDER BY line
ON CONFLICT (campaign_id, email) DO NOTHING
"""
_REPEATED = """
SELECT line, email, first FROM (
    SELECT line, email, first_value(line) OVER (PARTITION BY email ORDER BY line) AS first FROM incoming_leads
) numbered WHERE line <> first
"""


@dataclass(frozen=True, slots=True)
class Target:
    """The campaign that leads go into; `fresh` if it was created in this very transaction."""

    campaign_id: int
    fresh: bool = False


def store(connection: Connection, target: Target, rows: Iterable[Row | Rejected], rejects: Rejects) -> int:
    """Insert all good rows, add the bad ones to `rejects`, and return how many were inserted."""
    connection.execute(text("SET LOCAL statement_timeout = 0"))
    # Two imports into one campaign at once would otherwise not see each other's rows.
    connection.execute(text("SELECT pg_advisory_xact_lock(:campaign)"), {"campaign": target.campaign_id})
    connection.execute(text(_STAGE))
    _stage(connection, rows, rejects)
    for line, email, barred, why in connection.execute(text(_DROP_SUPPRESSED)):
        rejects.add(Rejected(line, email, Reason.SUPPRESSED, f"{barred} is suppressed ({why})"))
    if not target.fresh:
        for line, email in connection.execute(text(_DROP_KNOWN), {"campaign": target.campaign_id}):
            rejects.add(Rejected(line, email, Reason.DUPLICATE, "is in the campaign already"))
    return _insert(connection, target, rejects)


def _insert(connection: Connection, target: Target, rejects: Rejects) -> int:
    staged = connection.execute(text("SELECT count(*) FROM incoming_leads")).scalar_one()
    inserted = connection.execute(text(_INSERT), {"campaign": target.campaign_id}).rowcount
    if inserted < staged:
        for line, email, first in connection.execute(text(_REPEATED)):
            rejects.add(Rejected(line, email, Reason.DUPLICATE, f"the same address as on line {first}"))
    return inserted


def _stage(connection: Connection, rows: Iterable[Row | Rejected], rejects: Rejects) -> None:
    stream = iter(rows)
    while chunk := list(islice(stream, _CHUNK)):
        good = [row for row in chunk if isinstance(row, Row)]
        for row in chunk:
            if isinstance(row, Rejected):
                rejects.add(row)
        _copy(connection, good)


def _copy(connection: Connection, rows: Sequence[Row]) -> None:
    lines = "".join(
        f"{row.line}\t{row.email}\t{_encode(row.fields).translate(_ESCAPES)}\t{row.timezone or _NULL}\n" for row in rows
    )
    with closing(connection.connection.cursor()) as cursor:
        cursor.copy_expert("COPY incoming_leads FROM STDIN", StringIO(lines))
