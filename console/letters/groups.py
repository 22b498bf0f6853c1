"""Letters that failed alike: the same service, event, exception and line of code."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from shared.messaging.dead_letters import Letter

_UUID = r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b"
_VARYING = re.compile(rf"{_UUID}|\"[^\"]*\"|(?<!\w)'[^']*'|(?<![a-z_])\d+(?:[.:]\d+)*(?:, \d+)*", re.IGNORECASE)


@dataclass(slots=True)
class Group:
    """How many letters failed alike, since when, and one of them as an example."""

    id: str
    queue: str
    service: str
    event: str
    exception: str
    line: str
    example: str
    count: int = 0
    attempts: int = 0
    first_failed_at: datetime | None = None
    last_failed_at: datetime | None = None

    def add(self, letter: Letter) -> None:
        """Count one more letter."""
        self.count += 1
        self.attempts = max(self.attempts, letter.attempts)
        moments = [each for each in (self.first_failed_at, letter.first_failed_at) if each]
        self.first_failed_at = min(moments, default=None)
        moments = [each for each in (self.last_failed_at, letter.last_failed_at) if each]
        self.last_failed_at = max(moments, default=None)


def folded(exception: str) -> str:
    """Return what is alike in an exception's text: numbers, ids and quoted words become `#`."""
    return _VARYING.sub("#", exception)


def group_of(letter: Letter) -> str:
    """Return the id of the group that a letter belongs to; the same as long as the code stays the same."""
    alike = (letter.service, letter.event_type, _failure(letter), letter.line)
    return hashlib.sha256(repr(alike).encode()).hexdigest()[:8]


def _failure(letter: Letter) -> str:
    return folded(letter.exception) or letter.reason


class Groups(dict[str, Group]):
    """Groups by id, in the order of their oldest letter."""

    def add(self, letter: Letter) -> str:
        """Count a letter in its group and return the group's id."""
        identity = group_of(letter)
        if identity not in self:
            names = (letter.queue, letter.service, letter.event_type, _failure(letter), letter.line, letter.id)
            self[identity] = Group(identity, *names)
        self[identity].add(letter)
        return identity


def grouped(letters: Iterable[Letter]) -> Groups:
    """Return the groups of some letters."""
    found = Groups()
    for letter in letters:
        found.add(letter)
    return found
