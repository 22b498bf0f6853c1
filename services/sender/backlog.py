"""What waits to leave through one mailbox in this run; shared by its lanes, which are threads."""

from collections import deque
from collections.abc import Iterable
from threading import Event

from services.sender.planning import Due
from services.sender.slots import Slots


class Backlog:
    """Due e-mails in their order, handed out as far as slots are free."""

    def __init__(self, dues: Iterable[Due], slots: Slots) -> None:
        self._dues = deque(dues)
        self._slots = slots
        self._closed = Event()

    def take(self, count: int) -> list[Due]:
        """Take up to `count` e-mails, and a slot for each; none for whose campaign no slot is left."""
        taken: list[Due] = []
        while len(taken) < count and not self.is_closed():
            try:
                due = self._dues.popleft()
            except IndexError:
                break
            if self._slots.take(due.key):
                taken.append(due)
        return taken

    def put_back(self, dues: Iterable[Due]) -> None:
        """Put back, in front, what was taken and not begun; its slots are not taken again by this."""
        self._dues.extendleft(reversed(list(dues)))

    def close(self) -> None:
        """Hand out nothing more: the mailbox must rest."""
        self._closed.set()

    def is_closed(self) -> bool:
        """Tell whether the mailbox must rest."""
        return self._closed.is_set()
