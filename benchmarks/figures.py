"""What was measured, as rows of a table and as plain values; every rate is a median over alternating rounds."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table; `floor` and `ratio` stay empty where there is nothing to compare with."""

    what: str
    ours: str
    floor: str = ""
    ratio: str = ""


@dataclass(frozen=True, slots=True)
class Measured:
    """What one benchmark found: its name in the JSON, its figures, its rows."""

    name: str
    figures: dict[str, object]
    rows: list[Row]


@dataclass(frozen=True, slots=True)
class Once:
    """One of our own rounds: its seconds, and the memory each service held when it was over."""

    seconds: float
    resident_megabytes: Mapping[str, float]


def alternate(
    name: str, what: str, count: int, *, rounds: int, floor: Callable[[], float], ours: Callable[[], Once], say: Say
) -> Measured:
    """Do `count` things by the floor and by us, in turn; `what` ends with what is counted."""
    floors, runs = [], []
    for number in range(1, rounds + 1):
        floors.append(floor())
        runs.append(ours())
        rates = f"{count / runs[-1].seconds:,.0f}/s, floor {count / floors[-1]:,.0f}/s"
        say(f"{name}, round {number} of {rounds}: {rates}")
    ours_per_second = count / median(run.seconds for run in runs)
    floor_per_second = count / median(floors)
    resident = {service: round(size) for service, size in runs[-1].resident_megabytes.items()}
    figures: dict[str, object] = {
        "count": count,
        "per_second": round(ours_per_second),
        "floor_per_second": round(floor_per_second),
        "ratio": round(ours_per_second / floor_per_second, 2),
        "round_seconds": [round(run.seconds, 2) for run in runs],
        "floor_round_seconds": [round(seconds, 2) for seconds in floors],
        "resident_megabytes": resident,
    }
    rate = Row(
        f"{what}, {count:,}",
        f"{ours_per_second:,.0f}/s",
        f"{floor_per_second:,.0f}/s",
        f"{ours_per_second / floor_per_second:.2f}",
    )
    memory = [Row(f"{service}: resident after {count:,}", f"{size} MB") for service, size in resident.items()]
    return Measured(name, figures, [rate, *memory])
