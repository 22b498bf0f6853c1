"""`cam dlq history`: the audit of what was done to dead letters."""

from typing import Annotated

import typer

from console.access import reading
from console.letters import history as audit
from console.output import Json, show
from shared.clock import utc_now


def history(
    number: Annotated[int | None, typer.Argument(help="One action: what became of each letter.")] = None,
    *,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many, newest first.")] = 20,
    as_json: Json = False,
) -> None:
    """Show who replayed, edited or discarded dead letters, when and why, and what became of them by now.

    A result that was not known when a replay ended, or was killed, is looked up anew.

    Example: cam dlq history 12
    """
    with reading() as connection:
        found = audit.actions(connection, limit) if number is None else audit.letters(connection, number)
    told = audit.actions_told(found, utc_now()) if number is None else audit.letters_told(found)
    show(found, told, as_json=as_json)
