"""What proves that a service is alive: shown in its heartbeat row."""

import time
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(slots=True)
class Vitals:
    """Signs of life of one service instance, changed as it works."""

    in_flight: int = 0
    last_delivery_at: datetime | None = None
    last_commit_at: datetime | None = None
    broker_verified_at: datetime | None = None
    last_error: str | None = None
    # When the handler calls that run now began (monotonic seconds, by queue).
    running_since: dict[str, float] = field(default_factory=dict)

    def longest_seconds(self) -> float:
        """Return how long the oldest handler call has been running."""
        return time.monotonic() - min(self.running_since.values(), default=time.monotonic())
