"""What a command is about to do: the chosen letters, without their bodies, in groups."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from console.letters.groups import Groups
from console.letters.selection import Selection, visit
from shared.errors import ConfigurationError, SchemaInvalidError
from shared.events import CONTRACTS, parse
from shared.messaging.dead_letters import Letter
from shared.messaging.topology import SUBSCRIPTIONS, Subscription

_STEPS = (1, 2, 5)
_FIRST_SIZES = 12


@dataclass(frozen=True, slots=True)
class Chosen:
    """A letter that is meant; `problem` says why it would come back: without a key its event breaks its contract."""

    id: str
    group: str
    queue: str
    event_id: str | None
    key: str | None
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """The chosen letters and their groups."""

    letters: Sequence[Chosen]
    groups: Groups

    def members(self, group: str) -> list[Chosen]:
        """Return the letters of a group, the oldest first."""
        return [letter for letter in self.letters if letter.group == group]

    def queues(self) -> dict[str, list[str]]:
        """Return the letters' ids by queue."""
        found: dict[str, list[str]] = {}
        for letter in self.letters:
            found.setdefault(letter.queue, []).append(letter.id)
        return found


def choose(amqp_url: str, selection: Selection, *, everything: bool = False, since: datetime | None = None) -> Plan:
    """Find the chosen letters; raise `ConfigurationError` if nothing was asked for, or nothing found.

    With `since`, an event of before is a problem: its service would put it away as too old.
    """
    if selection.everything() and not everything:
        raise ConfigurationError(
            "say which dead letters: ids, --group, --service, … or --all (cam dlq group shows them)"
        )
    letters: dict[str, Chosen] = {}  # a copy with the same id is the same letter
    groups = Groups()

    def note(letter: Letter) -> bool:
        letters.setdefault(letter.id, _chosen(letter, groups.add(letter), since))
        return True

    visit(amqp_url, selection, note)
    if not letters:
        raise ConfigurationError("no dead letter is like that (cam dlq list shows them)")
    return Plan(list(letters.values()), groups)


def _chosen(letter: Letter, group: str, since: datetime | None) -> Chosen:
    try:
        event = parse(letter.body, CONTRACTS[letter.event_type])
    except SchemaInvalidError as error:
        return Chosen(letter.id, group, letter.queue, letter.event_id, None, str(error))
    if "\0" in event.key:
        # PostgreSQL takes none, so that no service can handle it.
        return Chosen(letter.id, group, letter.queue, letter.event_id, None, "a text holds a NUL character")
    too_old = since is not None and event.time < since
    problem = f"too_old: told at {event.time:%Y-%m-%d}, guards are not kept for so long" if too_old else None
    return Chosen(letter.id, group, letter.queue, letter.event_id, event.key, problem)


def subscription(queue: str) -> Subscription:
    """Return the subscription of a work queue."""
    return next(each for each in SUBSCRIPTIONS if each.queue == queue)


def batches(letters: Sequence[Chosen], largest: int) -> Iterator[Sequence[Chosen]]:
    """Yield the letters in batches of 1, 2, 5, 10, 20, 50, … and at last `largest`."""
    start = 0
    for size in _sizes(largest):
        if start >= len(letters):
            return
        yield letters[start : start + size]
        start += size


def _sizes(largest: int) -> Iterator[int]:
    for power in range(_FIRST_SIZES):
        yield from (min(step * 10**power, largest) for step in _STEPS)
    while True:
        yield largest
