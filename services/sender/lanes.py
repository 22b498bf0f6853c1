"""Sends what a run has planned: a few lanes for each mailbox, each with its own connection.

In a lane the record of one e-mail and the claim of the next share a transaction: one commit per e-mail.
"""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from threading import Event
from typing import Protocol

import structlog

from services.sender.claim import LEASE, claim
from services.sender.config import SenderSettings
from services.sender.outgoing import OutgoingEmail
from services.sender.planning import Due, Mailbox, Plan
from services.sender.record import record
from services.sender.rules import SPENT, SendResult, Verdict, mailbox_rest
from services.sender.slots import Slots
from shared.errors import ConfigurationError, LostLeaseError, OutageError
from shared.faults import point
from shared.states import Provider
from shared.unit_of_work import Transaction, UnitOfWork

log = structlog.get_logger()
_RECORD_AGAIN_SECONDS = 0.5
_EMAILS_WORTH_A_LANE = 5

Done = tuple[OutgoingEmail, SendResult]


class MailProvider(Protocol):
    """Hands e-mails over; what goes wrong is in the result, never raised."""

    def send(self, email: OutgoingEmail) -> SendResult:
        """Hand one e-mail over and say what came of it."""

    def close(self) -> None:
        """Let go of the connection."""


ProviderFactory = Callable[[Mailbox, Provider], MailProvider]


@dataclass(frozen=True, slots=True)
class Run:
    """What all lanes of one run have in common; none claims an e-mail after `until`."""

    uow: UnitOfWork
    settings: SenderSettings
    slots: Slots
    open_provider: ProviderFactory
    stop: Event
    until: datetime

    def is_over(self) -> bool:
        """Tell whether no further e-mail may be begun."""
        return self.stop.is_set() or self.uow.clock() >= self.until


class Lane:
    """One connection of one mailbox; takes its e-mails from the mailbox's common queue."""

    def __init__(self, run: Run, mailbox: Mailbox, queue: deque[Due]) -> None:
        self._run = run
        self._mailbox = mailbox
        self._queue = queue
        self._kind = Provider.DRY_RUN if run.settings.email_dry_run else Provider(mailbox.provider)
        self._provider: MailProvider | None = None

    def work(self) -> None:
        """Send until the queue is empty, the mailbox must rest, or the run is over."""
        try:
            email = self._turn(None)
            while email:
                email = self._turn((email, self._send(email)))
        finally:
            if self._provider is not None:
                self._provider.close()

    def _turn(self, done: Done | None) -> OutgoingEmail | None:
        """Record one e-mail and claim the next, in one transaction."""
        try:
            with self._run.uow.begin() as tx:
                if done:
                    record(tx, *done, self._run.settings)
                return self._claim(tx)
        except LostLeaseError as error:
            log.warning("email.lease_lost", error=str(error))
        except OutageError:
            self._save(done)
            raise
        except Exception:
            # Whatever is wrong with the next e-mail must not harm the record of this one.
            log.exception("email.turn_failed", mailbox_id=self._mailbox.id)
            self._save(done)
        return self._turn(None)

    def _claim(self, tx: Transaction) -> OutgoingEmail | None:
        while self._queue and not self._run.is_over():
            try:
                due = self._queue.popleft()
            except IndexError:
                break
            if not self._run.slots.take(due.key):
                continue
            email = claim(tx, due.id, self._run.settings, self._kind)
            if email:
                return email
            self._run.slots.put_back(due.key)
        return None

    def _send(self, email: OutgoingEmail) -> SendResult:
        point("after_claim")
        try:
            self._provider = self._provider or self._run.open_provider(self._mailbox, self._kind)
            result = self._provider.send(email)
        except ConfigurationError as error:
            result = SendResult(Verdict.LOGIN_REFUSED, str(error))
        except Exception as error:
            log.exception("email.send_failed", outbound_email_id=email.id)
            result = SendResult(Verdict.UNKNOWN, f"{type(error).__name__} while sending")
        if result.verdict not in SPENT:
            self._run.slots.put_back((email.campaign_id, email.mailbox_id))
        if mailbox_rest(result, self._run.settings.day_seconds):
            self._queue.clear()
        return result

    def _save(self, done: Done | None) -> None:
        """Record an e-mail by itself, again and again while the database is away and the lease holds."""
        while done and self._run.uow.clock() < done[0].date + LEASE:
            try:
                with self._run.uow.begin() as tx:
                    record(tx, *done, self._run.settings)
            except OutageError:
                Event().wait(_RECORD_AGAIN_SECONDS)
            except LostLeaseError as error:
                log.warning("email.lease_lost", error=str(error))
                break
            else:
                break


def send_planned(run: Run, plan: Plan) -> None:
    """Run all lanes of a plan side by side; what one raises is raised after all have ended."""
    with ThreadPoolExecutor(run.settings.sender_threads, thread_name_prefix="lane") as pool:
        futures = [pool.submit(lane.work) for lane in _lanes(run, plan)]
    for future in futures:
        future.result()


def _lanes(run: Run, plan: Plan) -> Iterator[Lane]:
    for mailbox in plan.mailboxes.values():
        queue = deque(due for due in plan.due if due.key[1] == mailbox.id)
        worth = -(-len(queue) // _EMAILS_WORTH_A_LANE)
        for _ in range(min(run.settings.sender_connections, worth)):
            yield Lane(run, mailbox, queue)
