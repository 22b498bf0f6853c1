"""`cam reclassify`: what today's version makes of replies that an earlier one understood."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated

import typer
from rich.console import RenderableType
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from sqlalchemy import Engine

from console import campaigns
from console.access import announcing
from console.output import Json, clean, many, notices, people, show, table
from console.reclassifying import apply, look, size
from console.tally import Tally
from services.classifier.rules import VERSION
from shared.errors import ConfigurationError
from shared.unit_of_work import UnitOfWork

app = typer.Typer(add_completion=False, context_settings={"help_option_names": ["-h", "--help"]})


@app.command()
def reclassify(
    *,
    campaign: Annotated[str, typer.Option(help="The campaign's name or number.", show_default=False)],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would change.")] = False,
    apply_: Annotated[bool, typer.Option("--apply", help="Apply what changes, without asking.")] = False,
    as_json: Json = False,
) -> None:
    """Run today's classifier over a campaign's replies: show what would change, and apply it if you say so.

    What people relabelled stays as it is. A change is a new revision: the lead is judged anew, and a new yes calls a
    human. It may be broken off (Ctrl-C) and begun again.

    Example: cam reclassify --campaign spring --dry-run
    """
    if dry_run and apply_:
        raise ConfigurationError("--dry-run and --apply: choose one")
    with announcing() as uow:
        number, name = _campaign(uow.engine, campaign)
        if not apply_:
            tally = _look(uow.engine, number)
            asking = not (dry_run or as_json) and bool(tally.changed) and sys.stdin.isatty()
            if asking:
                for part in _table(tally, name):
                    people().print(part)
            if not (asking and typer.confirm(f"Apply {many(tally.changed, 'change')}?", err=True)):
                report = {"campaign": name, "version": VERSION, **tally.as_json(), "applied": 0}
                show(report, [] if asking else [*_table(tally, name), *_hint(tally)], as_json=as_json)
                return
        tally, applied = _apply(uow, number)
    report = {"campaign": name, "version": VERSION, **tally.as_json(), "applied": applied}
    show(report, [*_table(tally, name), f"understood anew: {many(applied, 'change')} applied"], as_json=as_json)


def _campaign(engine: Engine, given: str) -> tuple[int, str]:
    with engine.connect() as connection:
        row = campaigns.find_by_name_or_number(connection, given)
    return row["id"], row["name"]


def _look(engine: Engine, campaign_id: int) -> Tally:
    tally = Tally()
    with _progress("looking", size(engine, campaign_id)) as looked_at:
        for batch in look(engine, campaign_id):
            tally.add(batch)
            looked_at(tally.looked_at)
    return tally


def _apply(uow: UnitOfWork, campaign_id: int) -> tuple[Tally, int]:
    tally, applied = Tally(), 0
    try:
        with _progress("applying", size(uow.engine, campaign_id)) as looked_at:
            for batch, written in apply(uow, campaign_id):
                tally.add(batch)
                applied += written
                looked_at(tally.looked_at)
    except KeyboardInterrupt:
        notices().print(f"broken off: {many(applied, 'change')} applied; the same command goes on from there")
        raise
    return tally, applied


def _table(tally: Tally, name: str) -> Iterator[RenderableType]:
    yield f"campaign '{clean(name)}', {VERSION}: {many(tally.changed, 'change')} in {tally.looked_at:,} replies"
    rows = [(kind.count, kind.before, kind.after, ", ".join(map(str, kind.examples)), kind.text) for kind in tally]
    if rows:
        yield table("", ["how many", "from", "to", "such as", "which says"], rows)


def _hint(tally: Tally) -> Iterator[RenderableType]:
    if tally.changed:
        yield "nothing is changed yet: --apply does it; cam replies relabel ID CLASS settles single ones"


@contextmanager
def _progress(doing: str, total: int) -> Iterator[Callable[[int], None]]:
    console = notices()
    columns = (TextColumn(doing), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(doing, total=total)
        yield lambda done: progress.update(task, completed=done)
