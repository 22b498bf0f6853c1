"""A circuit breaker: whoever fails again and again is left in peace for a while."""

import time
from collections.abc import Callable
from threading import Lock

FAILURES = 5
REST_SECONDS = 60.0


class Breaker:
    """Opens after some failures in a row; after a rest, one more failure opens it again, one success closes it."""

    def __init__(
        self,
        *,
        failures: int = FAILURES,
        rest_seconds: float = REST_SECONDS,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._limit = failures
        self._rest_seconds = rest_seconds
        self._now = now
        self._lock = Lock()
        self._failures = 0
        self._rests_until = 0.0

    def is_open(self) -> bool:
        """Tell whether nobody should be asked now."""
        with self._lock:
            return self._failures >= self._limit and self._now() < self._rests_until

    def succeeded(self) -> bool:
        """Note a success; return whether it ends a rest."""
        with self._lock:
            rested = self._failures >= self._limit
            self._failures = 0
            return rested

    def failed(self) -> bool:
        """Note a failure; return whether a rest begins with it."""
        with self._lock:
            resting = self._failures >= self._limit and self._now() < self._rests_until
            self._failures += 1
            if self._failures < self._limit or resting:
                return False
            self._rests_until = self._now() + self._rest_seconds
            return True
