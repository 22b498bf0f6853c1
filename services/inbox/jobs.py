"""Work started by the clock: sharing out the mailboxes and watching this instance's part of them."""

import threading
import time
from collections.abc import Callable

import structlog

from services.inbox import leases
from services.inbox.leases import Lease
from services.inbox.watcher import Watcher
from shared.errors import OutageError
from shared.faults import point
from shared.unit_of_work import UnitOfWork

log = structlog.get_logger()

StartWatcher = Callable[[UnitOfWork, Lease], Watcher]
STOP_SECONDS = 2.0


class Watch:
    """The mailboxes that this instance watches."""

    def __init__(self, holder: str, lease_seconds: float, start: StartWatcher, stop: threading.Event) -> None:
        self.stop = stop
        self._holder = holder
        self._lease_seconds = lease_seconds
        self._start = start
        self._watchers: dict[int, Watcher] = {}
        self._renew_at = 0.0

    def turn(self, uow: UnitOfWork) -> None:
        """Keep the leases of what is watched, and take those that are free."""
        self._watchers = {number: watcher for number, watcher in self._watchers.items() if watcher.is_alive()}
        if self._watchers and time.monotonic() >= self._renew_at:
            self._renew(uow)
        for lease in leases.take(uow, self._holder, self._lease_seconds, self._watchers):
            point("after_lease_taken")
            log.info("mailbox_taken", mailbox_id=lease.mailbox_id, token=lease.token)
            self._watchers[lease.mailbox_id] = self._start(uow, lease)

    def end(self) -> None:
        """End all watchers, which release their leases; wait for them at most `STOP_SECONDS`."""
        deadline = time.monotonic() + STOP_SECONDS
        for watcher in self._watchers.values():
            watcher.halt()
        for watcher in self._watchers.values():
            watcher.join(max(0.0, deadline - time.monotonic()))

    def _renew(self, uow: UnitOfWork) -> None:
        tokens = leases.renew(uow, self._holder, self._lease_seconds, self._watchers)
        self._renew_at = time.monotonic() + self._lease_seconds / 3
        for number, watcher in self._watchers.items():
            if tokens.get(number) != watcher.lease.token:
                uow.metrics.leases_lost.inc()
                watcher.halt()


def watch_mailboxes(uow: UnitOfWork, *, watch: Watch, every_seconds: float) -> None:
    """Do one turn, then wait for the next one here, so that a stop finds this call and waits for its end."""
    try:
        watch.turn(uow)
    except OutageError:
        if not watch.stop.is_set():
            raise
    finally:
        if watch.stop.wait(every_seconds):
            watch.end()
