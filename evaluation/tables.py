"""Prints what was found, for people."""

import sys
from collections.abc import Iterable, Mapping, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from evaluation.results import Figure, Part
from services.classifier.rules import VERSION

_LONGEST = 110
_HONESTLY = (
    "No weights are fitted to this mail, so no author is left out; but phrases were widened after reading parts of it: "
    "expect less on mail that nobody here has read."
)


def show(parts: Sequence[Part], *, wrong: bool) -> None:
    """Print the figures, then classes, authors and languages, then what was misunderstood if asked for."""
    wide = None if sys.stdout.isatty() else 200
    console = Console(width=wide, highlight=False, markup=False, emoji=False)
    console.print(_figures(figure for part in parts for figure in part.figures))
    for part in parts:
        for name in ("classes", "sources", "languages"):
            if isinstance(found := part.values.get(name), Mapping):
                console.print(_groups(f"{part.name}: {name}", found))
    console.print(_HONESTLY, style="dim")
    if wrong:
        for part in parts:
            console.print(_wrong(part))


def _figures(figures: Iterable[Figure]) -> Table:
    table = Table("what", "asked", "found", title=f"Understanding mail, {VERSION}", title_justify="left")
    for one in figures:
        style = {True: "green", False: "bold yellow", None: ""}[one.reached]
        short = " <- falls short" if one.reached is False else ""
        table.add_row(one.what, one.asked, Text(one.found + short, style=style))
    return table


def _groups(title: str, found: Mapping[str, Mapping[str, float]]) -> Table:
    columns = list(next(iter(found.values()), {}))
    table = Table("", title=title, title_justify="left", box=None)
    for column in columns:
        table.add_column(column, justify="right")
    for name, values in found.items():
        table.add_row(name, *(f"{values[column]:g}" for column in columns))
    return table


def _wrong(part: Part) -> Table:
    expected = ("is", "taken for", "sure", "author", "because", "text")
    table = Table(*expected, title=f"{part.name}: misunderstood", title_justify="left", box=None)
    for one in part.judged:
        if not one.right and one.expected not in {"ORDINARY", "HUMAN", "OTHER_FBL", "OTHER_DELIVERED", "NOT_BOUNCE"}:
            cells = (one.expected, one.found, f"{one.confidence:g}", one.source, one.reason, one.text)
            table.add_row(*(" ".join(cell.split())[:_LONGEST] for cell in cells))
    return table
