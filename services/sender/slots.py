"""The slots of one run that are still free."""

from collections import Counter
from collections.abc import Mapping
from threading import Lock

from services.sender.rules_shares import Key


class Slots:
    """Counts free slots for all lanes of a run, which are threads."""

    def __init__(self, granted: Mapping[Key, int]) -> None:
        self._free = Counter(granted)
        self._lock = Lock()

    def take(self, key: Key) -> bool:
        """Take one slot; False if none is free."""
        with self._lock:
            free = self._free[key] > 0
            self._free[key] -= free
            return free

    def put_back(self, key: Key) -> None:
        """Put back a slot that was not used."""
        with self._lock:
            self._free[key] += 1

    def unused(self) -> dict[Key, int]:
        """Return the slots that nobody took."""
        with self._lock:
            return dict(self._free)
