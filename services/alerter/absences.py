"""Which channels nobody answers on: they are tried with one alert now and then, not with all that wait."""

import threading
import time
from collections.abc import Callable

# Between two tries of a channel that is away.
REST_SECONDS = 3.0
# A try that has not ended after so long is no reason any more to hold back the next.
_TRY_SECONDS = 15.0


class Absences:
    """Known to this instance alone; used by several threads at once."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._try_at: dict[str, float] = {}
        self._lock = threading.Lock()

    def may_try(self, channel: str) -> bool:
        """Tell whether an alert may be sent now; of a channel that is away, to one caller at a time."""
        with self._lock:
            if channel not in self._try_at:
                return True
            if self._now() < self._try_at[channel]:
                return False
            self._try_at[channel] = self._now() + _TRY_SECONDS
            return True

    def note(self, channel: str, *, away: bool) -> None:
        """Write down whether somebody answered."""
        with self._lock:
            if away:
                self._try_at[channel] = self._now() + REST_SECONDS
            else:
                self._try_at.pop(channel, None)

    def away(self) -> set[str]:
        """Return the channels on which nobody answered."""
        with self._lock:
            return set(self._try_at)

    def rested(self) -> set[str]:
        """Return those of them that may be tried again."""
        with self._lock:
            return {channel for channel, at in self._try_at.items() if self._now() >= at}
