"""Watches one mailbox in a thread of its own, for as long as its lease lasts."""

import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

import structlog

from services.inbox import leases
from services.inbox.imap import ImapConnection, LoginRefusedError, NobodyAnswersError, ServerAwayError
from services.inbox.leases import Lease
from services.inbox.reader import Reader
from services.inbox.rules import back_off, folders_to_watch
from shared.errors import CamError, ConfigurationError, LostLeaseError, OutageError
from shared.settings import secret
from shared.unit_of_work import UnitOfWork

log = structlog.get_logger()

AWAY_SECONDS = 120  # so long a server may be away before a human is told
# The longest wait for a server that answers and fails, for one that nobody reaches, and for our own database.
_SPARED_SECONDS = 60
_UNREACHED_SECONDS = 5
_DATABASE_SECONDS = 1


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait for what, in seconds."""

    poll: float  # between two looks at all folders, behind IDLE
    poll_without_idle: float
    idle: float  # before IDLE is issued again
    timeout: float
    rest: float  # after a refused login


class Watcher:
    """One mailbox being watched; `start` it, and `halt` it from any thread."""

    def __init__(self, uow: UnitOfWork, lease: Lease, patience: Patience, cap: int) -> None:
        self.lease = lease
        self._uow = uow
        self._patience = patience
        self._cap = cap
        self._halted = threading.Event()
        self._connection: ImapConnection | None = None
        self._reader: Reader | None = None
        self._failures = 0
        self._longest_wait = _SPARED_SECONDS
        self._away_since: float | None = None
        self._thread = threading.Thread(target=self._run, name=f"mailbox-{lease.mailbox_id}", daemon=True)

    def start(self) -> None:
        """Begin to watch."""
        self._thread.start()

    def is_alive(self) -> bool:
        """Tell whether this mailbox is still being watched."""
        return self._thread.is_alive()

    def halt(self) -> None:
        """Ask for the end, whatever is being waited for; the lease is released then."""
        self._halted.set()
        if connection := self._connection:
            connection.interrupt()

    def join(self, timeout_seconds: float) -> None:
        """Wait for the end."""
        self._thread.join(timeout_seconds)

    def _run(self) -> None:
        while not self._halted.is_set() and self._tried():
            self._halted.wait(back_off(self._failures, at_most=self._longest_wait))
        with suppress(OutageError):  # then the lease ends by itself
            leases.release(self._uow, self.lease)

    def _tried(self) -> bool:
        """Watch until something fails; return whether to try again."""
        try:
            self._session()
        except LostLeaseError:
            log.info("mailbox_left", mailbox_id=self.lease.mailbox_id)
            return False
        except (LoginRefusedError, ConfigurationError) as error:
            self._pause(str(error), rest_seconds=self._patience.rest)
            return False
        except CamError as error:
            self._failed(str(error), _longest_wait(error))
        except Exception as error:
            # Whatever it is, this mailbox is tried again, and the other ones never notice.
            log.exception("watcher_failed", mailbox_id=self.lease.mailbox_id)
            self._failed(f"{type(error).__name__}: {error}", _SPARED_SECONDS)
        return True

    def _failed(self, reason: str, longest_wait: int) -> None:
        """Count failures of one kind; after a while say so where humans look."""
        if self._halted.is_set():
            return
        self._failures = self._failures + 1 if longest_wait == self._longest_wait else 1
        self._longest_wait = longest_wait
        if self._away_since is None:
            self._away_since = time.monotonic()
            log.warning("mailbox_away", mailbox_id=self.lease.mailbox_id, reason=reason)
        if time.monotonic() - self._away_since > AWAY_SECONDS:
            self._pause(reason, rest_seconds=None)

    def _pause(self, reason: str, *, rest_seconds: float | None) -> None:
        with suppress(OutageError, LostLeaseError):
            if leases.pause(self._uow, self.lease, reason, rest_seconds=rest_seconds):
                log.warning("mailbox_paused", mailbox_id=self.lease.mailbox_id, reason=reason)

    def _session(self) -> None:
        """Connect and watch, until something fails or the watcher is halted."""
        mailbox = leases.load(self._uow, self.lease)
        if self._reader is None:
            self._reader = Reader(self._uow, self.lease, mailbox, self._cap)
        password = secret(mailbox.password_ref) or ""
        self._connection = ImapConnection(mailbox.server, password, self._patience.timeout)
        try:
            if not self._halted.is_set():
                self._watch(
                    self._connection, self._reader, folders_to_watch(mailbox.folders, self._connection.folders())
                )
        finally:
            self._connection.close()
            self._connection = None

    def _watch(self, connection: ImapConnection, reader: Reader, folders: Sequence[str]) -> None:
        self._verified()
        for folder in [*folders[1:], folders[0]]:
            reader.catch_up(connection, folder)
        next_look = self._next_look(connection)
        while not self._halted.is_set():
            self._await_news(connection, max(0.0, next_look - time.monotonic()))
            if self._halted.is_set():
                return
            reader.read_new(connection, folders[0])
            if time.monotonic() >= next_look:
                self._look_around(connection, reader, folders)
                next_look = self._next_look(connection)

    def _next_look(self, connection: ImapConnection) -> float:
        return time.monotonic() + (self._patience.poll if connection.can_idle else self._patience.poll_without_idle)

    def _await_news(self, connection: ImapConnection, seconds: float) -> None:
        if connection.can_idle:
            connection.idle(min(seconds, self._patience.idle))
        else:
            self._halted.wait(seconds)
            if not self._halted.is_set():
                connection.refresh()

    def _look_around(self, connection: ImapConnection, reader: Reader, folders: Sequence[str]) -> None:
        """Look at the folders that nobody announces, and come back to the first one if one had to be opened."""
        behind = [folder for folder in folders[1:] if reader.is_behind(folder, connection.status(folder))]
        for folder in [*behind, *folders[:1]] if behind else []:
            reader.catch_up(connection, folder)
        self._verified()

    def _verified(self) -> None:
        leases.verify(self._uow, self.lease)
        if self._away_since is not None:
            log.info("mailbox_back", mailbox_id=self.lease.mailbox_id)
        self._failures = 0
        self._away_since = None


def _longest_wait(error: CamError) -> int:
    if isinstance(error, NobodyAnswersError):
        return _UNREACHED_SECONDS
    if isinstance(error, ServerAwayError) or not isinstance(error, OutageError):
        return _SPARED_SECONDS
    # The database's outage: leaving mail unread would not spare it anything.
    return _DATABASE_SECONDS


def start_watcher(uow: UnitOfWork, lease: Lease, *, patience: Patience, cap: int) -> Watcher:
    """Watch the mailbox of a lease; of an e-mail at most `cap` bytes are read."""
    watcher = Watcher(uow, lease, patience, cap)
    watcher.start()
    return watcher
