"""Short replies: the six classes, by class, author and language, and whether confidence means what it says."""

from collections.abc import Sequence

from evaluation.corpus import Reply
from evaluation.results import Figure, Part, at_least, percent
from evaluation.scores import SURE, Judged, accuracy, by_class, grouped, macro_f1, reliability, score
from services.classifier.rules import classify


def understand(replies: Sequence[Reply]) -> list[Judged]:
    """Classify replies."""
    judged = []
    for reply in replies:
        found = classify(reply.mail)
        judged.append(
            Judged(
                reply.label,
                str(found.classification),
                found.confidence,
                reply.source,
                reply.language,
                f"{reply.mail.subject} | {reply.mail.body}",
                found.reason,
            )
        )
    return judged


def measure(judged: Sequence[Judged]) -> Part:
    """Measure on short replies."""
    return Part("replies", figures_of(judged), values_of(judged), judged)


def figures_of(judged: Sequence[Judged], of: str = "") -> list[Figure]:
    """Return the lines of the table for one list of replies, whose name stands before each."""
    f1 = macro_f1(judged)
    return [
        *_found_and_right(judged, "OOO", of, 0.95),
        *_found_and_right(judged, "UNSUB", of, 0.97),
        Figure(f"{of}six classes on {len(judged)}, macro-F1", ">= 0.90", f"{f1:.3f}", f1 >= 0.9),  # noqa: PLR2004
        Figure(f"{of}six classes on {len(judged)}, right", "", percent(accuracy(judged))),
        calibration(judged, of),
    ]


def _found_and_right(judged: Sequence[Judged], label: str, of: str, wanted: float) -> tuple[Figure, Figure]:
    one = score(judged, label)
    return (
        at_least(f"{of}{label}, recall on {one.count}", wanted, one.recall),
        at_least(f"{of}{label}, precision", 0.95, one.precision),
    )


def calibration(judged: Sequence[Judged], of: str = "") -> Figure:
    """Return how much of what is said with confidence is right, and how much is said with confidence."""
    sure = [one for one in judged if one.confidence >= SURE]
    covered = len(sure) / max(1, len(judged))
    return at_least(f"{of}right where confidence >= {SURE}", 0.97, accuracy(sure), of=f"{percent(covered)} of all")


def values_of(judged: Sequence[Judged]) -> dict[str, object]:
    """Return everything that was found about a list of replies, as plain values."""
    return {
        "replies": len(judged),
        "macro_f1": round(macro_f1(judged), 4),
        "accuracy": round(accuracy(judged), 4),
        "classes": {
            label: {
                "count": one.count,
                "precision": round(one.precision, 4),
                "recall": round(one.recall, 4),
                "f1": round(one.f1, 4),
            }
            for label, one in by_class(judged).items()
        },
        "confusions": {f"{expected} as {found}": number for (expected, found), number in _confusions(judged).items()},
        "sources": _groups(grouped(judged, lambda one: one.source)),
        "languages": _groups(grouped(judged, lambda one: one.language)),
        "reliability": reliability(judged),
    }


def _groups(groups: dict[str, list[Judged]]) -> dict[str, dict[str, float]]:
    return {
        name: {"count": len(some), "accuracy": round(accuracy(some), 4), "macro_f1": round(macro_f1(some), 4)}
        for name, some in groups.items()
    }


def _confusions(judged: Sequence[Judged]) -> dict[tuple[str, str], int]:
    wrong: dict[tuple[str, str], int] = {}
    for one in judged:
        if not one.right:
            wrong[one.expected, one.found] = wrong.get((one.expected, one.found), 0) + 1
    return dict(sorted(wrong.items(), key=lambda pair: -pair[1]))
