"""`cam alerts`: what humans were told."""

from typing import Annotated

import typer
from sqlalchemy import select

from console.access import reading
from console.output import Json, show, table
from shared.tables import alert_logs

app = typer.Typer(add_completion=False, context_settings={"help_option_names": ["-h", "--help"]})


@app.command()
def alerts(
    *,
    failed: Annotated[bool, typer.Option("--failed", help="Only those that did not reach anybody.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="How many, newest first.")] = 20,
    as_json: Json = False,
) -> None:
    """List alerts, newest first: what was told to whom, and what could not be told.

    Example: cam alerts --failed
    """
    of = alert_logs.c
    columns = ("created_at", "alert_type", "title", "message", "recipients", "sent_successfully", "sent_at")
    chosen = select(*(of[name] for name in columns), of.attempts, of.error_message, of.next_attempt_at)
    statement = chosen.order_by(of.id.desc()).limit(limit)
    if failed:
        statement = statement.where(~of.sent_successfully)
    with reading() as connection:
        found = [dict(row) for row in connection.execute(statement).mappings()]
    columns_for_people = {
        "when": "created_at",
        "type": "alert_type",
        "title": "title",
        "to": "recipients",
        "sent": "sent_successfully",
        "attempts": "attempts",
        **({"next attempt": "next_attempt_at"} if failed else {}),
        "error": "error_message",
    }
    rows = [[_plain(alert[name]) for name in columns_for_people.values()] for alert in found]
    show(found, [table("alerts", list(columns_for_people), rows)] if found else ["no alerts"], as_json=as_json)


def _plain(value: object) -> object:
    return ", ".join(map(str, value)) if isinstance(value, list) else value
