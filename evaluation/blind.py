"""Replies written for the tests alone, each list before the classifier was tried on it; see docs/model-card.md."""

from collections.abc import Iterator
from pathlib import Path

from evaluation.corpus import Reply
from evaluation.results import Part
from evaluation.short_replies import figures_of, understand, values_of
from services.classifier.rules import Incoming

FOLDER = Path(__file__).resolve().parents[1] / "tests" / "data" / "blind"


def lists(folder: Path = FOLDER) -> dict[str, list[Reply]]:
    """Read the lists by their names; none if the folder is not there."""
    return {path.stem: list(_rows(path)) for path in sorted(folder.glob("*.txt"))}


def measure(name: str, replies: list[Reply]) -> Part:
    """Measure on one list."""
    judged = understand(replies)
    return Part(f"blind list {name}", figures_of(judged, f"blind {name}: "), values_of(judged), judged)


def _rows(path: Path) -> Iterator[Reply]:
    for line in path.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            language, label, text = line.split(" | ", 2)
            mail = Incoming("Re: your mornings", "jane@acme.example", {}, text.replace("\\n", "\n"))
            yield Reply(path.stem, label, language, mail)
