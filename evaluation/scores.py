"""Precision, recall and calibration over pairs of what was expected and what was found. Pure."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

SURE = 0.7
_BOUNDS = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 1.01)


@dataclass(frozen=True, slots=True)
class Judged:
    """One e-mail: what it is, what it was taken for, and how sure that was said to be."""

    expected: str
    found: str
    confidence: float
    source: str = ""
    language: str = ""
    text: str = ""
    reason: str = ""

    @property
    def right(self) -> bool:
        """Tell whether it was understood."""
        return self.expected == self.found


@dataclass(frozen=True, slots=True)
class Score:
    """How one class does; all three are fractions."""

    count: int
    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """Return the harmonic mean of precision and recall."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


def score(judged: Sequence[Judged], label: str) -> Score:
    """Return how a class does; nothing called by its name is a precision of 1."""
    right = sum(one.expected == one.found == label for one in judged)
    called = sum(one.found == label for one in judged)
    meant = sum(one.expected == label for one in judged)
    return Score(meant, right / called if called else 1.0, right / meant if meant else 1.0)


def by_class(judged: Sequence[Judged]) -> dict[str, Score]:
    """Return the score of each class that is expected somewhere."""
    return {label: score(judged, label) for label in sorted({one.expected for one in judged})}


def macro_f1(judged: Sequence[Judged]) -> float:
    """Return the plain mean of the F1 of all classes that are expected somewhere."""
    scores = by_class(judged).values()
    return sum(one.f1 for one in scores) / len(scores) if scores else 0.0


def accuracy(judged: Iterable[Judged]) -> float:
    """Return which fraction was understood."""
    marks = [one.right for one in judged]
    return sum(marks) / len(marks) if marks else 0.0


def grouped(judged: Iterable[Judged], name: Callable[[Judged], str]) -> dict[str, list[Judged]]:
    """Return the e-mails of each group, the largest group first."""
    groups: dict[str, list[Judged]] = defaultdict(list)
    for one in judged:
        groups[name(one)].append(one)
    return dict(sorted(groups.items(), key=lambda group: (-len(group[1]), group[0])))


def reliability(judged: Sequence[Judged]) -> list[dict[str, float]]:
    """Return for each band of confidence how many are in it, and which fraction of them is right."""
    bands = []
    for low, high in pairwise(_BOUNDS):
        within = [one for one in judged if low <= one.confidence < high]
        if within:
            bands.append({"from": low, "count": len(within), "right": round(accuracy(within), 4)})
    return bands
