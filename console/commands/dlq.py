"""`cam dlq`: look at dead letters, which stay where they are."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Annotated, TextIO

import typer

from console.commands import dlq_discard, dlq_edit, dlq_history, dlq_moves
from console.letters import options as by
from console.letters import pages
from console.letters.groups import Groups
from console.letters.selection import Selection, visit
from console.letters.tidying import Tidying
from console.output import Json, many, show
from shared.clock import utc_now
from shared.errors import ConfigurationError
from shared.messaging.dead_letters import Letter
from shared.settings import Settings, load

app = typer.Typer(
    help="Dead letters: events that could not be handled. Look, mend the cause, replay.",
    no_args_is_help=True,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
Limit = Annotated[int, typer.Option(min=1, max=1_000_000, help="How many to show, oldest first.")]
_SHOWN = 20
To = Annotated[Path | None, typer.Option("--to", help="Write to this new file instead.", show_default=False)]


def broker() -> str:
    """Return where the broker is."""
    return load(Settings).amqp_url.get_secret_value()


@app.command("list")
def list_(
    *,
    group: by.Group = "",
    service: by.Service = "",
    event: by.EventType = "",
    exception: by.Exception_ = "",
    why: by.Reason = "",
    since: by.Since = "",
    until: by.Until = "",
    limit: Limit = 50,
    as_json: Json = False,
) -> None:
    """List dead letters, oldest first: service, event, exception, line, attempts, first and last time.

    Looking is harmless: every letter stays in its place.

    Example: cam dlq list --service classifier --since 2h
    """
    wanted = by.selection(
        group=group, service=service, event=event, exception=exception, why=why, since=since, until=until
    )
    letters, total = _first(wanted, limit)
    show([pages.row(letter) for letter in letters], pages.listed(letters, total, utc_now()), as_json=as_json)


def _first(wanted: Selection, limit: int, *, bodies: bool = False) -> tuple[list[Letter], int]:
    """Return the first letters, without their bodies if those are not needed, and how many there are in all."""
    letters: list[Letter] = []
    total = 0

    def note(letter: Letter) -> bool:
        nonlocal total
        total += 1
        if len(letters) < limit:
            letters.append(letter if bodies else replace(letter, body=b""))
        return True

    tidy = Tidying(wanted)
    visit(broker(), wanted, tidy.noting(note))
    tidy.close_what_is_gone()
    return letters, total


@app.command()
def group(
    *,
    service: by.Service = "",
    event: by.EventType = "",
    exception: by.Exception_ = "",
    why: by.Reason = "",
    since: by.Since = "",
    until: by.Until = "",
    as_json: Json = False,
) -> None:
    """Group dead letters that failed alike: service, event, exception and line, the largest group first.

    Numbers, ids and quoted words in an exception count as alike.

    Example: cam dlq group
    """
    wanted = by.selection(service=service, event=event, exception=exception, why=why, since=since, until=until)
    groups = Groups()

    def add(letter: Letter) -> bool:
        groups.add(letter)
        return True

    tidy = Tidying(wanted)
    visit(broker(), wanted, tidy.noting(add))
    tidy.close_what_is_gone()
    show(pages.group_rows(groups), pages.groups_told(groups, utc_now()), as_json=as_json)


@app.command("show")
def show_(
    identity: Annotated[str, typer.Argument(help="Id of a letter or event, or its beginning.", show_default=False)],
    *,
    as_json: Json = False,
) -> None:
    """Show all of a letter: why it failed, and the event itself.

    Example: cam dlq show 3f9c
    """
    letters, _ = _first(by.selection(ids=[identity]), _SHOWN, bodies=True)
    parts = (part for letter in letters for part in pages.shown(letter))
    show([pages.full(letter) for letter in letters], parts, as_json=as_json)


@app.command()
def export(
    ids: by.Ids = None,
    *,
    group: by.Group = "",
    service: by.Service = "",
    event: by.EventType = "",
    exception: by.Exception_ = "",
    why: by.Reason = "",
    since: by.Since = "",
    until: by.Until = "",
    number: by.Number = None,
    to: To = None,
    as_json: Json = False,
) -> None:
    """Write dead letters as JSON lines, one letter a line with its event; they stay where they are.

    With --to, --json prints a summary; without it the lines themselves are what is printed.

    Example: cam dlq export --group 9c1f03ab --to letters.jsonl
    """
    wanted = by.selection(
        ids=ids,
        group=group,
        service=service,
        event=event,
        exception=exception,
        why=why,
        since=since,
        until=until,
        number=number,
    )
    written = 0
    with _opened(to) as file:

        def write(letter: Letter) -> bool:
            nonlocal written
            file.writelines(pages.lines([letter]))
            written += 1
            return True

        visit(broker(), wanted, write)
    if to:
        show({"file": str(to), "written": written}, [f"{many(written, 'letter')} in {to}"], as_json=as_json)


@contextmanager
def _opened(to: Path | None) -> Iterator[TextIO]:
    """Open standard output, or a file that is there as a whole at the end, or not at all."""
    if to is None:
        yield sys.stdout
        return
    if to.exists():
        raise ConfigurationError(f"{to}: exists already")
    unfinished = to.with_name(f".{to.name}.{os.getpid()}")
    try:
        with unfinished.open("x", encoding="utf-8") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        unfinished.rename(to)
    finally:
        unfinished.unlink(missing_ok=True)


app.command()(dlq_moves.replay)
app.command()(dlq_edit.edit)
app.command()(dlq_discard.discard)
app.command()(dlq_history.history)
