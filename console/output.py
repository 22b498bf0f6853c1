"""What `cam` prints: tables for people, JSON for programs; colour only on a terminal."""

import json
import sys
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Annotated

import typer
from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

Json = Annotated[bool, typer.Option("--json", help="Print JSON on standard output, and nothing else there.")]

_COLOURS = {
    "RUNNING": "green", "SENT": "green", "QUALIFIED": "bold green", "POSITIVE": "bold green", "yes": "green",
    "PAUSED": "red", "FAILED": "red", "DEAD": "red", "BOUNCED": "red", "BOUNCE": "red", "NO": "bold red",
    "DEGRADED": "yellow", "UNKNOWN": "bold yellow", "DRAINING": "yellow", "ON_HOLD": "yellow", "REVIEW": "yellow",
}  # fmt: skip


def people() -> Console:
    """Return where people read; wide enough never to cut a line when it is no terminal."""
    wide = None if sys.stdout.isatty() else 220
    return Console(file=sys.stdout, width=wide, markup=False, highlight=False, emoji=False)


def notices() -> Console:
    """Return where progress and notices go, which is never standard output."""
    return Console(file=sys.stderr, markup=False, highlight=False, emoji=False, soft_wrap=True)


def show(data: object, for_people: Iterable[RenderableType], *, as_json: bool) -> None:
    """Print `data` as JSON, or else what people read."""
    if as_json:
        sys.stdout.write(json.dumps(data, default=_plain, ensure_ascii=False, indent=2) + "\n")
        return
    console = people()
    for part in for_people:
        console.print(part)


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Table:
    """Return a table of cells that may hold anything a stranger wrote."""
    drawn = Table(title=title or None, title_justify="left", title_style="bold", box=None, pad_edge=False)
    for column in columns:
        drawn.add_column(column, header_style="dim", overflow="fold")
    for row in rows:
        drawn.add_row(*(cell(value) for value in row))
    return drawn


def cell(value: object) -> Text:
    """Return a value as people write it, without control characters."""
    words = in_words(value)
    return Text(words, style=_COLOURS.get(words, ""))


def in_words(value: object) -> str:
    """Return a value as people write it."""
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "NO"
    if isinstance(value, datetime):
        return value.astimezone().strftime("%Y-%m-%d %H:%M %Z")
    return clean(str(value))


def clean(text: str) -> str:
    """Return text as one line that can't move a terminal's cursor or turn its writing round."""
    return printable(" ".join(text.split()))


def printable(line: str) -> str:
    """Take out control characters, spaces stay as they are."""
    return "".join(letter for letter in line if unicodedata.category(letter) not in {"Cc", "Cf", "Cs"})


def counts(numbers: Mapping[str, int]) -> str:
    """Return `3 SENT, 1 FAILED`; zeros are left out."""
    return ", ".join(f"{number:,} {name}" for name, number in numbers.items() if number) or "none"


def many(number: int, noun: str) -> str:
    """Return `1 lead` or `2,000 leads`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def ago(moment: datetime | None, now: datetime) -> str:
    """Return how long ago something was."""
    if moment is None:
        return "never"
    seconds = max(0, int((now - moment) / timedelta(seconds=1)))
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds // size} {unit} ago"
    return f"{seconds} s ago"


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
