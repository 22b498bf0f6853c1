"""A chain for people: a tree, with times and what passed between hops."""

from datetime import datetime

from rich.console import RenderableType
from rich.text import Text
from rich.tree import Tree

from console.output import clean
from console.traces.hops import Hop

_COLOURS = {"sender": "blue", "inbox": "magenta", "classifier": "cyan", "decision": "yellow", "alerter": "green"}
_TROUBLE = {"dead_letter": "bold red", "missing": "yellow"}


def tree(root: Hop, title: Text) -> RenderableType:
    """Return the chain below a title."""
    drawn = Tree(title, guide_style="dim")
    _grow(drawn, root, None)
    return drawn


def _grow(branch: Tree, hop: Hop, before: datetime | None) -> None:
    for following in hop.then:
        _grow(branch.add(_line(following, before)), following, following.at or before)


def _line(hop: Hop, before: datetime | None) -> Text:
    line = Text(f"{moment(hop.at)} " if hop.at else "", style="")
    if hop.at and before:
        line.append(f"{lapse((hop.at - before).total_seconds())} ", style="dim")
    if hop.service:
        line.append(f"{hop.service} ", style=_COLOURS.get(hop.service, "bold"))
    line.append(clean(hop.what), style=_TROUBLE.get(hop.kind, "bold"))
    if hop.attempts:
        line.append(f", attempt {hop.attempts}", style="bold red" if hop.attempts > 1 else "dim")
    for note in hop.notes:
        line.append(f" · {clean(note)}", style="dim")
    return line


def moment(at: datetime) -> str:
    """Return a time to the millisecond, where this terminal is."""
    return f"{at.astimezone():%Y-%m-%d %H:%M:%S}.{at.microsecond // 1000:03d}"


def lapse(seconds: float) -> str:
    """Return `+0.21 s`, `+31 min`, `+2.9 d`; clocks of several machines may make it negative."""
    sign, size = ("+" if seconds >= 0 else "-"), abs(seconds)
    for least, unit in ((2 * 86_400, "d"), (2 * 3600, "h"), (2 * 60, "min")):
        if size >= least:
            return f"{sign}{2 * size / least:.1f} {unit}"
    return f"{sign}{size:.3g} s" if size < 1 else f"{sign}{size:.1f} s"
