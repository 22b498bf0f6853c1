"""`cam dlq edit`: a new event in the place of a dead letter."""

import json
import sys
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import Engine, select

from console.access import opened
from console.commands.dlq_moves import Wait, carried_out
from console.letters import audit, editing, reports
from console.letters import options as by
from console.letters.groups import Groups
from console.letters.plan import Chosen, Plan
from console.letters.replaying import Manner
from console.letters.selection import visit
from console.output import Json, show
from shared.clock import utc_now
from shared.database import transaction
from shared.errors import CamError, ConfigurationError
from shared.events import Envelope, Event
from shared.messaging.dead_letters import Letter, replace
from shared.settings import Settings, load
from shared.tables import handled_events


def edit(
    identity: Annotated[str, typer.Argument(help="Id of the letter, or its beginning.", show_default=False)],
    *,
    settings: Annotated[
        list[str] | None, typer.Option("--set", help="field=value (JSON or text; null takes it away); repeatable.")
    ] = None,
    data: Annotated[str, typer.Option(help="The whole data as JSON; @FILE reads it, - standard input.")] = "",
    wait: Wait = 60,
    reason: by.Why = "",
    operator: by.By = "",
    dry_run: by.DryRun = False,
    as_json: Json = False,
) -> None:
    """Make a new event of a dead letter, give it to the service, and tell what became of it.

    Without --set and --data, the data of the event is opened in $VISUAL or $EDITOR. The new event must keep its
    contract; it has an id of its own and names the old event as its cause. The letter is taken out only when the
    broker has confirmed the new event.

    Example: cam dlq edit 3f9c --set lead_id=17 --reason "lead was merged"
    """
    amqp_url = load(Settings).amqp_url.get_secret_value()
    letter = _letter(amqp_url, identity)
    event = _event(letter, settings or [], data)
    if dry_run:
        made = event.to_json()
        show(
            {"dry_run": True, "event": made}, [json.dumps(made, indent=2), "dry run: nothing was done"], as_json=as_json
        )
        return
    groups = Groups()
    plan = Plan([Chosen(letter.id, groups.add(letter), letter.queue, str(event.id), event.key)], groups)
    action = audit.Action("edit", audit.operator(operator), reason, {"ids": [letter.id]})
    with opened() as engine:
        _refuse_what_is_handled(engine, letter, event)
        results = {letter.id: audit.LEFT}
        manner = Manner(None, 1, wait, partial(replace, event=event))
        report = carried_out(amqp_url, engine, plan, results, action=action, manner=manner)
    show(
        reports.report_data(plan, report) | {"event": event.to_json()},
        reports.report_told(plan, report),
        as_json=as_json,
    )
    if report.count(audit.DONE) != 1:
        raise typer.Exit(1)


def _letter(amqp_url: str, identity: str) -> Letter:
    found: list[Letter] = []

    def note(letter: Letter) -> bool:
        found.append(letter)
        return True

    visit(amqp_url, by.selection(ids=[identity]), note)
    if len(found) > 1:
        ids = ", ".join(letter.id for letter in found[:4])
        raise ConfigurationError(f"'{identity}' is in {len(found)} letters: name one of {ids}")
    return found[0]


def _event(letter: Letter, settings: list[str], data: str) -> Envelope[Event]:
    if not settings and not data:
        return _by_hand(letter)
    given = editing.from_json("--data", _text(data)) if data else editing.data_of(letter)
    return editing.edited(letter, editing.with_fields(letter, given, settings), utc_now())


def _text(data: str) -> str:
    if data == "-":
        return sys.stdin.read()
    return Path(data[1:]).read_text(encoding="utf-8") if data.startswith("@") else data


def _by_hand(letter: Letter) -> Envelope[Event]:
    """Open the editor until the event keeps its contract, or the operator gives up."""
    text, complaint = json.dumps(editing.data_of(letter), indent=2, ensure_ascii=False), ""
    while True:
        text = editing.in_editor(letter, text, complaint)
        if not text.strip():
            raise ConfigurationError("nothing was changed")
        try:
            return editing.edited(letter, editing.from_json("the edited text", text), utc_now())
        except ConfigurationError as error:
            complaint = str(error)
            if not sys.stdin.isatty() or not typer.confirm(f"{complaint}. Edit again?", default=True, err=True):
                raise


def _refuse_what_is_handled(engine: Engine, letter: Letter, event: Envelope[Event]) -> None:
    guard = handled_events.c
    row = select(guard.handled_at).where(guard.consumer == letter.queue, guard.idempotency_key == event.key)
    with transaction(engine) as connection:
        handled_at = connection.scalar(row)
    if handled_at:
        raise CamError(f"{event.type} {event.key} was handled at {handled_at:%Y-%m-%d %H:%M} UTC: it would do nothing")
