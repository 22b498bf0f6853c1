"""What a chaos run came to: one verdict for each scenario and one for all, as a table and as JSON."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import islice

from rich.console import Console
from rich.table import Table
from rich.text import Text

from chaos.judge import Verdict
from chaos.settings import Dose

_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Result:
    """One scenario: the judge's verdict, the promises that broke beside it, and what was measured."""

    name: str
    promise: str
    verdict: Verdict
    handled: int
    seconds: float
    broken: tuple[str, ...] = ()
    figures: Mapping[str, object] = field(default_factory=dict)

    @property
    def held(self) -> bool:
        """Tell whether nothing was lost, nothing happened twice and every promise was kept."""
        return self.verdict.held and not self.broken

    def counts(self) -> dict[str, int]:
        """Return how many there are of each kind."""
        found = {name: len(listed) for name, listed in asdict(self.verdict).items()}
        return found | {"broken": len(self.broken), "handled": self.handled}


def summary(dose: Dose, results: Sequence[Result], seconds: float) -> dict[str, object]:
    """Return the verdict on all scenarios, in one line of JSON."""
    names = ("lost", "doubled", "unknown", "repeated", "broken", "handled")
    counted = [result.counts() for result in results]
    return {
        **{name: sum(counts[name] for counts in counted) for name in names},
        "held": bool(results) and all(result.held for result in results),
        **asdict(dose),
        "seconds": round(seconds, 1),
        "scenarios": {result.name: {**result.counts(), **result.figures} for result in results},
    }


def details(results: Sequence[Result]) -> dict[str, object]:
    """Return everything by name: each loss, each double, each doubt."""
    return {result.name: {**asdict(result), "held": result.held} for result in results}


def show(results: Sequence[Result], console: Console) -> None:
    """Print a table for people, and below it what spoke against a promise."""
    table = Table(box=None, pad_edge=False)
    for column in ("", "scenario", "events", "lost", "doubled", "unknown", "repeated", "seconds", "promise"):
        table.add_column(column, justify="right" if column in {"events", "lost", "doubled", "unknown"} else "left")
    for result in results:
        mark = Text("✓", style="green") if result.held else Text("✗", style="bold red")
        counts = result.counts()
        numbers = [str(counts[name]) for name in ("handled", "lost", "doubled", "unknown", "repeated")]
        table.add_row(mark, result.name, *numbers, f"{result.seconds:.0f}", result.promise)
    console.print(table)
    for result in results:
        _show_one(result, console)


def _show_one(result: Result, console: Console) -> None:
    listed = asdict(result.verdict) | {"broken": result.broken}
    for kind, found in listed.items():
        for words in islice(found, _SHOWN):
            console.print(Text(f"{result.name}: {kind}: {words}", style="red" if kind in _BAD else "yellow"))
        if len(found) > _SHOWN:
            console.print(f"{result.name}: {kind}: and {len(found) - _SHOWN} more")
    for name, value in result.figures.items():
        console.print(f"{result.name}: {name.replace('_', ' ')}: {value}")


_BAD = {"lost", "doubled", "broken"}
