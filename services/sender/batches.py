"""Some e-mails that were claimed together, on their way from the lane to the recorder."""

from collections import deque
from collections.abc import Callable, Sequence
from contextlib import closing
from threading import Condition

from services.sender.journals import Journal
from services.sender.outgoing import OutgoingEmail
from services.sender.rules_lease import lease_of


class Batch:
    """At least one e-mail; counts what was begun and is not yet recorded: see `rules_lease` for what depends on it.

    `hurry` is called when somebody begins to wait for a record.
    """

    def __init__(self, emails: Sequence[OutgoingEmail], journal: Journal, hurry: Callable[[], None]) -> None:
        self.journal = journal
        self._hurry = hurry
        self.claimed_at = emails[0].date
        self._window = lease_of(emails[0].token).window
        self._waiting = deque(emails)
        self._unrecorded = 0
        self._broken = False
        self._changed = Condition()

    def flies(self) -> bool:
        """Tell whether e-mails leave so fast that several may be unrecorded at a time."""
        return self._window > 1

    def ready(self) -> bool:
        """Wait until another e-mail may be begun; False if there is none, or a record failed."""
        with self._changed:
            self._wait_for(lambda: self._broken or self._unrecorded < self._window)
            return bool(self._waiting) and not self._broken

    def begin(self) -> OutgoingEmail:
        """Take the next e-mail, which from now on may have been handed over."""
        with self._changed:
            self._unrecorded += 1
            return self._waiting.popleft()

    def following(self) -> OutgoingEmail | None:
        """Return what will be begun next if nothing intervenes; None where e-mails do not fly."""
        with self._changed:
            return self._waiting[0] if self._waiting and self.flies() else None

    def settle(self, *, recorded: bool) -> None:
        """Say that the record of one e-mail is committed; or that it never will be, and none may follow it."""
        with self._changed:
            self._unrecorded -= 1
            self._broken |= not recorded
            self._changed.notify_all()

    def rest(self) -> list[OutgoingEmail]:
        """Take all that was never begun."""
        with self._changed:
            left = list(self._waiting)
            self._waiting.clear()
            return left

    def finish(self) -> None:
        """Wait until nothing that was begun is unrecorded; what never will be is left to the journal."""
        with closing(self.journal):
            with self._changed:
                self._wait_for(lambda: not self._unrecorded)
            if not self._broken:
                self.journal.discard()

    def _wait_for(self, enough: Callable[[], bool]) -> None:
        if not enough():
            self._hurry()
            self._changed.wait_for(enough)
