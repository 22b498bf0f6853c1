"""Importing a CSV of leads, as `cam leads import` does: read, checked row by row, stored; the commit included.

The floor is psycopg2 copying the same rows, written as PostgreSQL wants them already, into the same table.
"""

import json
import time
from collections.abc import Sequence
from contextlib import closing
from io import StringIO
from pathlib import Path

from sqlalchemy import Engine

from benchmarks import rows
from benchmarks.figures import Measured, Once, Say, alternate
from benchmarks.running import FOLDER
from console.importing import LeadFile
from console.lead_store import Target, store
from console.rejects import Rejects
from console.stage import Stage
from console.templates import Needs
from shared.database import open_engine
from shared.errors import CamError

_NEEDS = Needs(frozenset({"first_name", "company"}), frozenset(), frozenset({"city"}), {})
_BEGINNING = (rows.MAILBOX, rows.CAMPAIGN)
_COPY = "COPY leads (campaign_id, email, fields, timezone) FROM STDIN"

Lead = tuple[str, dict[str, str], str]


def measure(stage: Stage, count: int, *, rounds: int, say: Say) -> Measured:
    """Import `count` leads into an empty campaign, again and again."""
    leads = [_lead(number) for number in range(1, count + 1)]
    file, ready = _csv(leads), "".join(_copied(lead) for lead in leads)
    engine = open_engine(stage.database_url)
    try:
        return alternate(
            "importing_leads",
            "leads imported",
            count,
            rounds=rounds,
            floor=lambda: _copy(engine, stage.address, ready),
            ours=lambda: _import(engine, stage.address, file, count),
            say=say,
        )
    finally:
        engine.dispose()
        file.unlink()


def _lead(number: int) -> Lead:
    company = f"Northwind {number % 5000}"
    fields = {"first_name": f"Jane {number % 97}", "company": company, "city": "Springfield"}
    return f"jane.doe{number}@company{number % 5000}.test", fields, "America/New_York" if number % 3 else ""


def _csv(leads: Sequence[Lead]) -> Path:
    file = FOLDER / "leads.csv"
    with file.open("w", encoding="utf-8") as text:
        text.write("email,timezone,First Name,Company,City\n")
        text.writelines(f"{email},{timezone},{','.join(fields.values())}\n" for email, fields, timezone in leads)
    return file


def _copied(lead: Lead) -> str:
    email, fields, timezone = lead
    return f"1\t{email}\t{json.dumps(fields)}\t{timezone or chr(92) + 'N'}\n"


def _empty(engine: Engine, address: str) -> None:
    rows.fill(engine, _BEGINNING, address=address, status="DRAFT")


def _copy(engine: Engine, address: str, ready: str) -> float:
    _empty(engine, address)
    began = time.perf_counter()
    with engine.begin() as connection, closing(connection.connection.cursor()) as cursor:
        cursor.copy_expert(_COPY, StringIO(ready))
    return time.perf_counter() - began


def _import(engine: Engine, address: str, file: Path, count: int) -> Once:
    _empty(engine, address)
    began = time.perf_counter()
    with engine.begin() as connection:
        imported = store(connection, Target(1), LeadFile(file, _NEEDS).rows(), Rejects())
    if imported != count:
        raise CamError(f"{imported} of {count} leads were imported")
    return Once(time.perf_counter() - began, {})
