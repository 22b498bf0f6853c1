"""Closes the rows of letters that somebody moved back by hand: who sees all dead letters sees which are gone."""

from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

from console.access import opened
from console.letters import audit
from console.letters.selection import Selection
from shared.clock import utc_now
from shared.errors import CamError
from shared.messaging.dead_letters import Letter
from shared.messaging.topology import SUBSCRIPTIONS

# A row is written a moment after its letter, and by another machine's clock.
_FRESH = timedelta(minutes=1)


class Tidying:
    """Notes the letters that a look shows; only a look at everything tells what is gone."""

    def __init__(self, selection: Selection) -> None:
        self._whole = selection.everything()
        self._before = utc_now() - _FRESH
        self._there: dict[str, set[str]] = defaultdict(set)

    def noting(self, each: Callable[[Letter], bool]) -> Callable[[Letter], bool]:
        """Note each letter on its way to `each`."""

        def note(letter: Letter) -> bool:
            self._there[letter.queue].add(letter.id)
            return each(letter)

        return note

    def close_what_is_gone(self) -> None:
        """Close rows without a letter; a database that is away keeps nobody from looking."""
        if not self._whole:
            return
        with suppress(CamError), opened() as engine:
            for each in SUBSCRIPTIONS:
                audit.resolve_missing(engine, each.dead_letters, self._there[each.queue], self._before)
