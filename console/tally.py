"""Counts changes by what they change, and keeps a few of each to look at."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from console.reclassifying import Batch

_EXAMPLES = 3
_LONGEST_TEXT = 60


@dataclass(slots=True)
class Kind:
    """One kind of change: how many, the ids of the first, and what the very first says."""

    before: str
    after: str
    count: int = 0
    examples: list[int] = field(default_factory=list)
    text: str = ""


@dataclass(slots=True)
class Tally:
    """What was looked at, and what of it changes."""

    looked_at: int = 0
    _kinds: dict[tuple[str, str], Kind] = field(default_factory=dict)

    @property
    def changed(self) -> int:
        """Return how many change."""
        return sum(kind.count for kind in self._kinds.values())

    def add(self, batch: Batch) -> None:
        """Count a batch."""
        self.looked_at += batch.size
        for change in batch.changes:
            kind = self._kinds.setdefault((change.before, change.after), Kind(change.before, change.after))
            kind.count += 1
            kind.text = kind.text or " ".join(change.text.split())[:_LONGEST_TEXT]
            if len(kind.examples) < _EXAMPLES:
                kind.examples.append(change.id)

    def __iter__(self) -> Iterator[Kind]:
        return iter(sorted(self._kinds.values(), key=lambda kind: (-kind.count, kind.before, kind.after)))

    def as_json(self) -> dict[str, object]:
        """Return it for programs."""
        changes = [
            {"from": kind.before, "to": kind.after, "count": kind.count, "examples": kind.examples} for kind in self
        ]
        return {"looked_at": self.looked_at, "changed": self.changed, "changes": changes}
