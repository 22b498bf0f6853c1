"""A chain as a tree of hops: what happened when, in which service, and what it led to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping

from console.traces.events import Told


@dataclass(slots=True)
class Hop:
    """One thing that happened; `told` is the event that was handled to make it happen, `guard` the row that says so."""

    kind: str  # lead, email, reply, silence, classification, relabel, decision, alert, dead_letter, missing
    service: str
    what: str
    at: datetime | None = None
    attempts: int | None = None
    ids: Mapping[str, object] = field(default_factory=dict)  # what names it in the tables
    told: Told | None = None
    guard: RowMapping | None = None
    notes: list[str] = field(default_factory=list)
    then: list["Hop"] = field(default_factory=list)

    def to_json(self, before: datetime | None = None) -> dict[str, object]:
        """Return this hop and all that follow; seconds count from the hop before."""
        return {
            "kind": self.kind,
            "service": self.service,
            "what": self.what,
            "at": self.at,
            "seconds_since_previous": (self.at - before).total_seconds() if self.at and before else None,
            "attempts": self.attempts,
            **self.ids,
            "event": self._event(),
            "notes": self.notes,
            "then": [hop.to_json(self.at or before) for hop in self.then],
        }

    def _event(self) -> dict[str, object] | None:
        if self.told is None:
            return None
        guard: Mapping[Any, Any] = self.guard or {}
        return {
            "type": self.told.type,
            "id": self.told.id,
            "queue": self.told.queue,
            **{name: guard.get(name) for name in ("trace_id", "causation_id", "handled_at", "attempt")},
        }

    def along(self, kind: str, name: str, number: int) -> bool:
        """Keep only what led to a hop and what follows from it; tell whether it is here."""
        if self.kind == kind and self.ids.get(name) == number:
            return True
        self.then = [hop for hop in self.then if hop.along(kind, name, number)]
        return bool(self.then)


def in_order(hops: list[Hop]) -> list[Hop]:
    """Return hops by time; what has no time yet comes last."""
    return sorted(hops, key=lambda hop: (hop.at is None, hop.at.timestamp() if hop.at else 0))
