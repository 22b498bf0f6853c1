"""Records for all lanes what became of their e-mails: whatever came in during one commit is in the next."""

import time
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Event, Thread
from types import TracebackType
from typing import Self

import structlog

from services.sender.batches import Batch
from services.sender.claim import LEASE
from services.sender.config import SenderSettings
from services.sender.outgoing import OutgoingEmail
from services.sender.record import record
from services.sender.rules import SendResult
from shared.errors import OutageError
from shared.unit_of_work import UnitOfWork

log = structlog.get_logger()
_AGAIN_SECONDS = 0.5
_MOST_AT_ONCE = 200
# Where e-mails fly, so long a wait halves the number of commits.
_GATHER_SECONDS = 0.002


@dataclass(frozen=True, slots=True)
class Done:
    """An e-mail, what its provider said, and the batch that waits for its record."""

    email: OutgoingEmail
    result: SendResult
    batch: Batch


class Recorder:
    """A thread for the time of a `with` block; raises at its end if the database was away meanwhile."""

    def __init__(self, uow: UnitOfWork, settings: SenderSettings) -> None:
        self._uow = uow
        self._settings = settings
        self._queue: SimpleQueue[Done | None] = SimpleQueue()
        self._outage: OutageError | None = None
        self._thread = Thread(target=self._work, name="recorder")

    def __enter__(self) -> Self:
        """Start."""
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Record what is left, and stop."""
        self._queue.put(None)
        self._thread.join()
        if self._outage and error is None:
            raise self._outage

    def put(self, done: Done) -> None:
        """Record this as soon as possible; its batch hears of it."""
        self._queue.put(done)

    def is_cut_off(self) -> bool:
        """Tell whether the database was away, so that nothing more should be claimed."""
        return self._outage is not None

    def _work(self) -> None:
        going_on = True
        while going_on:
            found = [self._queue.get()]
            if found[0] and found[0].batch.flies():
                time.sleep(_GATHER_SECONDS)
            while len(found) < _MOST_AT_ONCE:
                try:
                    found.append(self._queue.get_nowait())
                except Empty:
                    break
            going_on = None not in found
            self._save([done for done in found if done])

    def _save(self, dones: list[Done]) -> None:
        try:
            recorded = self._record(dones) if dones else set()
        except Exception:
            log.exception("emails.not_recorded", emails=len(dones))
            if len(dones) > 1:
                # Whatever is wrong with one record must not harm the others.
                for done in dones:
                    self._save([done])
                return
            recorded = set()
        for done in dones:
            done.batch.settle(recorded=done.email.id in recorded)

    def _record(self, dones: list[Done]) -> set[int]:
        """Record these, again and again while the database is away and a lease holds; return what is recorded."""
        recorded: set[int] | None = None
        while recorded is None and any(self._uow.clock() < done.email.date + LEASE for done in dones):
            try:
                with self._uow.begin() as tx:
                    recorded = record(tx, [(done.email, done.result) for done in dones], self._settings)
            except OutageError as error:
                recorded = None
                self._outage = error
                Event().wait(_AGAIN_SECONDS)
        self._uow.metrics.leases_lost.inc(len(dones) - len(recorded or ()))
        return recorded or set()
