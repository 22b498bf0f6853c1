"""One figure of the table, and everything that one part of the evaluation found."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from evaluation.scores import Judged

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table; `reached` is None where nothing was asked."""

    what: str
    asked: str
    found: str
    reached: bool | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """What one part found: lines of the table, its plain values, and what it judged e-mail by e-mail."""

    name: str
    figures: Sequence[Figure]
    values: Mapping[str, object]
    judged: Sequence[Judged] = field(default_factory=tuple)


def at_least(what: str, wanted: float, found: float, *, of: str = "") -> Figure:
    """Return a line for a fraction that should be this large."""
    return Figure(what, f">= {percent(wanted)}", percent(found) + (f" ({of})" if of else ""), found >= wanted)


def at_most(what: str, wanted: int, found: int, *, of: str = "") -> Figure:
    """Return a line for a number that should be this small."""
    asked = "none" if wanted == 0 else f"<= {wanted}"
    return Figure(what, asked, f"{found}" + (f" ({of})" if of else ""), found <= wanted)


def percent(fraction: float) -> str:
    """Return a fraction as people read it."""
    return f"{100 * fraction:.1f} %"
