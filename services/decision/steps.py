"""Which step follows, in which variant, and how long an answer to it is waited for. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256


@dataclass(frozen=True, slots=True)
class FollowUp:
    """One step as it is queued for one lead."""

    position: int
    variant: str
    wait_days: float  # after the step before
    silence_days: float


@dataclass(frozen=True, slots=True)
class Steps:
    """A campaign's sequence: for each position its variants and their waits in days."""

    waits: Mapping[int, Mapping[str, float]]
    end_wait_days: float

    @property
    def last_position(self) -> int:
        """Return the position of the last step; 0 if there is none."""
        return max(self.waits, default=0)

    def follow_up(self, lead_id: int, position: int) -> FollowUp | None:
        """Return the step at this position as this lead gets it; None if there is no such step."""
        if position not in self.waits:
            return None
        variant = pick(lead_id, self.waits[position])
        return FollowUp(position, variant, self.waits[position][variant], self._silence_days(lead_id, position))

    def _silence_days(self, lead_id: int, position: int) -> float:
        after = self.waits.get(position + 1)
        return after[pick(lead_id, after)] if after else self.end_wait_days


def pick(lead_id: int, variants: Mapping[str, float]) -> str:
    """Return the variant this lead gets: always the same one, and evenly spread over the leads."""
    names = sorted(variants)
    return names[int.from_bytes(sha256(str(lead_id).encode()).digest()[:8]) % len(names)]
