"""Records for all lanes what became of their e-mails: whatever came in during one commit is in the next."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Event, Thread
from types import TracebackType
from typing import Self, TypeVar

import structlog

from services.sender.batches import Batch
from services.sender.claim import LEASE, give_back
from services.sender.config import SenderSettings
from services.sender.outgoing import OutgoingEmail
from services.sender.record import record
from services.sender.rules import SendResult
from shared.errors import OutageError
from shared.unit_of_work import Transaction, UnitOfWork

T = TypeVar("T")

log = structlog.get_logger()
_AGAIN_SECONDS = 0.5
_MOST_AT_ONCE = 200
# Where e-mails fly, so long a wait makes one commit of dozens; a lane that waits ends it.
_GATHER_SECONDS = 0.02


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
        self._queue: SimpleQueue[Done | OutgoingEmail | None] = SimpleQueue()
        self._awaited = Event()
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

    def hurry(self) -> None:
        """Say that somebody waits for what was put."""
        self._awaited.set()

    def give_back(self, emails: Sequence[OutgoingEmail]) -> None:
        """Give back what may have been claimed when the database went away, as soon as it is there again."""
        for email in emails:
            self._queue.put(email)

    def is_cut_off(self) -> bool:
        """Tell whether the database was away, so that nothing more should be claimed."""
        return self._outage is not None

    def _work(self) -> None:
        going_on = True
        while going_on:
            found = [self._queue.get()]
            if isinstance(found[0], Done) and found[0].batch.flies():
                self._awaited.wait(_GATHER_SECONDS)
            self._awaited.clear()
            while len(found) < _MOST_AT_ONCE:
                try:
                    found.append(self._queue.get_nowait())
                except Empty:
                    break
            going_on = None not in found
            self._save([one for one in found if isinstance(one, Done)])
            self._return([one for one in found if isinstance(one, OutgoingEmail)])

    def _save(self, dones: Sequence[Done]) -> None:
        recorded = self._recorded(dones) if dones else set()
        for done in dones:
            done.batch.settle(recorded=done.email.id in recorded)

    def _recorded(self, dones: Sequence[Done]) -> set[int]:
        try:
            return self._record(dones)
        except Exception:
            # Whatever was wrong, with one of them or for a moment: each has another try, and harms no other.
            log.exception("emails.not_recorded", emails=len(dones))
            return {email_id for done in dones for email_id in self._record_alone(done)}

    def _record_alone(self, done: Done) -> set[int]:
        try:
            return self._record([done])
        except Exception:
            log.exception("email.not_recorded", outbound_email_id=done.email.id)
            return set()

    def _record(self, dones: Sequence[Done]) -> set[int]:
        answered = [(done.email, done.result) for done in dones]
        recorded = self._persist([done.email for done in dones], lambda tx: record(tx, answered, self._settings))
        self._uow.metrics.leases_lost.inc(len(dones) - len(recorded or ()))
        return recorded or set()

    def _return(self, emails: Sequence[OutgoingEmail]) -> None:
        try:
            self._persist(emails, lambda tx: give_back(tx, emails))
        except Exception:
            log.exception("emails.not_given_back", emails=len(emails))

    def _persist(self, emails: Sequence[OutgoingEmail], write: Callable[[Transaction], T]) -> T | None:
        """Write, again and again while the database is away and a lease holds; None: it never came back."""
        while any(self._uow.clock() < email.date + LEASE for email in emails):
            try:
                with self._uow.begin() as tx:
                    written = write(tx)
            except OutageError as error:
                self._outage = error
                Event().wait(_AGAIN_SECONDS)
            else:
                return written
        return None
