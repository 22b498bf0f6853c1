"""Which dead letters a command is about."""

import re
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from console.letters.groups import group_of
from console.output import notices
from shared.errors import ConfigurationError
from shared.messaging import dead_letters
from shared.messaging.dead_letters import Letter
from shared.messaging.topology import SUBSCRIPTIONS, Subscription

_AGO = re.compile(r"(\d+) ?(s|min|h|d)")
_UNITS = {"s": "seconds", "min": "minutes", "h": "hours", "d": "days"}
_SHORTEST_ID = 4


@dataclass(frozen=True, slots=True)
class Selection:
    """What a letter must be to be chosen; without anything, every letter is.

    `ids` are letters' or events' ids, or the beginnings of them.
    """

    ids: tuple[str, ...] = ()
    group: str = ""
    service: str = ""
    event: str = ""
    exception: str = ""
    reason: str = ""
    since: datetime | None = None
    until: datetime | None = None
    number: int | None = None  # the oldest so many

    def subscriptions(self) -> Iterator[Subscription]:
        """Yield the subscriptions whose dead letters may be chosen."""
        for each in SUBSCRIPTIONS:
            if self.service in {"", each.service} and self.event in {"", each.event.type}:
                yield each

    def matches(self, letter: Letter) -> bool:
        """Tell whether a letter is one of those meant."""
        return (
            (not self.ids or any(names(letter, each) for each in self.ids))
            and group_of(letter).startswith(self.group)
            and self.exception.lower() in letter.exception.lower()
            and self.reason in {"", letter.reason}
            and self._in_time(letter)
        )

    def _in_time(self, letter: Letter) -> bool:
        if self.since is None and self.until is None:
            return True
        failed = letter.last_failed_at
        if failed is None:
            return False
        return (self.since is None or failed >= self.since) and (self.until is None or failed <= self.until)

    def everything(self) -> bool:
        """Tell whether nothing was asked for."""
        return self == Selection()

    def as_json(self) -> dict[str, object]:
        """Return what was asked for, for the audit."""
        return {
            name: str(value) if isinstance(value, datetime) else value for name, value in asdict(self).items() if value
        }


def names(letter: Letter, identity: str) -> bool:
    """Tell whether an id, or its beginning, means this letter or its event."""
    return letter.id.startswith(identity) or (letter.event_id or "").startswith(identity)


def checked(selection: Selection) -> Selection:
    """Return the selection; raise `ConfigurationError` if nothing can be meant by it."""
    short = [each for each in selection.ids if len(each) < _SHORTEST_ID]
    if short:
        raise ConfigurationError(f"'{short[0]}': give at least {_SHORTEST_ID} characters of an id")
    services = sorted({each.service for each in SUBSCRIPTIONS})
    if selection.service and selection.service not in services:
        raise ConfigurationError(f"--service: must be one of {', '.join(services)}, not '{selection.service}'")
    events = sorted({each.event.type for each in SUBSCRIPTIONS})
    if selection.event and selection.event not in events:
        raise ConfigurationError(f"--event: must be one of {', '.join(events)}, not '{selection.event}'")
    return selection


def moment(option: str, text: str, now: datetime) -> datetime | None:
    """Read a point in time: ISO 8601 (local time if it names no zone), or how long ago, as `2h`, `30min`, `1d`."""
    if not text:
        return None
    if found := _AGO.fullmatch(text.strip()):
        return now - timedelta(**{_UNITS[found[2]]: int(found[1])})
    try:
        return datetime.fromisoformat(text).astimezone()
    except ValueError:
        raise ConfigurationError(f"{option}: '{text}' is neither a time (2026-01-31T09:00) nor an age (2h)") from None


def visit(amqp_url: str, selection: Selection, each: Callable[[Letter], bool]) -> None:
    """Show each chosen letter to `each`, queue by queue, oldest first; a spinner turns on a terminal.

    `each` returns whether it wants more. Raises `ConfigurationError` for an id that no letter has, or that
    could mean several.
    """
    found = _Found(selection, each)
    console = notices()
    with console.status("reading dead letters") if console.is_terminal else nullcontext():
        for subscription in selection.subscriptions():
            if found.wanted:
                dead_letters.look(amqp_url, subscription, found.show)
    found.check()


class _Found:
    """Passes on what is chosen, and notes what each id was found to mean."""

    def __init__(self, selection: Selection, each: Callable[[Letter], bool]) -> None:
        self._selection = selection
        self._each = each
        self._left = selection.number
        self._meant: dict[str, set[str]] = {identity: set() for identity in selection.ids}
        self.wanted = True

    def show(self, letter: Letter) -> bool:
        if self._selection.matches(letter):
            self._note(letter)
            self.wanted = self._each(letter) and self._left != 0
        return self.wanted

    def _note(self, letter: Letter) -> None:
        if self._left is not None:
            self._left -= 1
        for identity, things in self._meant.items():
            if names(letter, identity):
                things.add(letter.id if letter.id.startswith(identity) else letter.event_id or "")

    def check(self) -> None:
        missing = [identity for identity, things in self._meant.items() if not things]
        if missing:
            raise ConfigurationError(f"no dead letter {', '.join(missing)} (cam dlq list shows them)")
        for identity, things in self._meant.items():
            if len(things) > 1:
                raise ConfigurationError(f"'{identity}' may mean {', '.join(sorted(things)[:4])}: give more of it")
