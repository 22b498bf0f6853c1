"""Sends what a run has planned: a few lanes for each mailbox, each with its own connection.

A lane claims a small batch, hands its e-mails over one after the other, and claims the next when all are
recorded; one recorder writes down for all lanes what became of each, while they go on. What is begun and what was
answered stands in the batch's journal before, in case this process dies.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Event
from typing import Protocol

import structlog

from services.sender.backlog import Backlog
from services.sender.batches import Batch
from services.sender.claim import LEASE, claim, give_back
from services.sender.config import SenderSettings
from services.sender.journals import Journal, Journals
from services.sender.outgoing import OutgoingEmail
from services.sender.planning import Due, Mailbox, Plan
from services.sender.recorder import Done, Recorder
from services.sender.rules import SPENT, SendResult, Verdict, mailbox_rest
from services.sender.rules_lease import next_size
from services.sender.slots import Slots
from shared.errors import ConfigurationError, OutageError
from shared.faults import point
from shared.states import Provider
from shared.unit_of_work import UnitOfWork

log = structlog.get_logger()
_EMAILS_WORTH_A_LANE = 5
# An e-mail that could not be begun within this time of its claim is given back: what the claim saw is too old.
FRESH = timedelta(seconds=1)


class MailProvider(Protocol):
    """Hands e-mails over; what goes wrong is in the result, never raised."""

    def send(self, email: OutgoingEmail) -> SendResult:
        """Hand one e-mail over and say what came of it."""

    def close(self) -> None:
        """Let go of the connection."""


# What is called with each e-mail just before it leaves, and forbids that by an `OSError`.
Begin = Callable[[OutgoingEmail], None]
ProviderFactory = Callable[[Mailbox, Provider, Begin], MailProvider]


@dataclass(frozen=True, slots=True)
class Run:
    """What all lanes of one run have in common; none claims an e-mail after `until`."""

    uow: UnitOfWork
    settings: SenderSettings
    slots: Slots
    journals: Journals
    open_provider: ProviderFactory
    stop: Event
    until: datetime

    def is_over(self) -> bool:
        """Tell whether no further e-mail may be claimed."""
        return self.stop.is_set() or self.uow.clock() >= self.until


class Lane:
    """One connection of one mailbox; takes its e-mails from the mailbox's backlog."""

    def __init__(self, run: Run, mailbox: Mailbox, backlog: Backlog, recorder: Recorder) -> None:
        self._run = run
        self._mailbox = mailbox
        self._backlog = backlog
        self._recorder = recorder
        self._kind = Provider.DRY_RUN if run.settings.email_dry_run else Provider(mailbox.provider)
        self._provider: MailProvider | None = None
        self._journal = Journal()
        self._size = 1

    def work(self) -> None:
        """Send until the backlog is empty, the mailbox must rest, or the run is over."""
        try:
            while self._may_claim() and (dues := self._backlog.take(self._size)):
                for batch in self._claim(dues):
                    point("after_claim")
                    self._hand_over(batch)
        finally:
            if self._provider is not None:
                self._provider.close()

    def _may_claim(self) -> bool:
        return not self._run.is_over() and not self._recorder.is_cut_off()

    def _claim(self, dues: list[Due]) -> Iterator[Batch]:
        """Claim what may leave, all at once or, if that fails, one by one: what is wrong with one harms no other."""
        try:
            batch = self._claim_together(dues)
        except OutageError:
            raise
        except Exception:
            log.exception("email.claim_failed", mailbox_id=self._mailbox.id, emails=len(dues))
            self._free(dues if len(dues) == 1 else [], [])
            for due in dues if len(dues) > 1 else ():
                yield from self._claim([due])
        else:
            if batch:
                yield batch

    def _claim_together(self, dues: list[Due]) -> Batch | None:
        journal, claimed = self._run.journals.open(), list[OutgoingEmail]()
        try:
            with self._run.uow.begin() as tx:
                claimed = claim(tx, [due.id for due in dues], self._run.settings, self._kind, journal.name)
        except OutageError:
            # Nobody knows whether the claim was committed before the database went away.
            self._recorder.give_back(claimed)
            journal.close()
            raise
        except Exception:
            journal.discard()
            raise
        self._free(dues, claimed)
        if claimed:
            return Batch(claimed, journal)
        journal.discard()
        return None

    def _free(self, dues: list[Due], claimed: list[OutgoingEmail]) -> None:
        """Free the slots of what may not leave."""
        ours = {email.id for email in claimed}
        for due in dues:
            if due.id not in ours:
                self._run.slots.put_back(due.key)

    def _hand_over(self, batch: Batch) -> None:
        began, sent, self._journal = self._run.uow.clock(), 0, batch.journal
        while self._may_begin(batch):
            email = batch.begin()
            result = self._send(email)
            batch.journal.answer(email.token, result, self._run.uow.clock())
            point("after_answered")
            sent += 1
            self._recorder.put(Done(email, result, batch))
            if mailbox_rest(result, self._run.settings.day_seconds):
                self._backlog.close()
        with closing(batch.journal):
            self._give_back(batch.rest())
            batch.wait()
        if sent:
            took = self._run.uow.clock() - began
            self._size = next_size(self._size, sent, took.total_seconds())

    def _may_begin(self, batch: Batch) -> bool:
        """Wait until enough of the batch is recorded, then tell whether its next e-mail may still leave."""
        return (
            batch.ready()
            and not self._run.stop.is_set()
            and not self._backlog.is_closed()
            and self._run.uow.clock() - batch.claimed_at < FRESH
        )

    def _send(self, email: OutgoingEmail) -> SendResult:
        try:
            self._provider = self._provider or self._run.open_provider(self._mailbox, self._kind, self._begin)
            result = self._provider.send(email)
        except ConfigurationError as error:
            result = SendResult(Verdict.LOGIN_REFUSED, str(error))
        except Exception as error:
            log.exception("email.send_failed", outbound_email_id=email.id)
            result = SendResult(Verdict.UNKNOWN, f"{type(error).__name__} while sending")
        if result.verdict not in SPENT:
            self._run.slots.put_back((email.campaign_id, email.mailbox_id))
        return result

    def _begin(self, email: OutgoingEmail) -> None:
        """Write down that this e-mail is begun; raise `OSError` if it must not be: who was frozen may be too late."""
        if self._run.uow.clock() >= email.date + LEASE:
            raise TimeoutError("the lease of the e-mail is over")
        self._journal.begin(email.token)

    def _give_back(self, emails: list[OutgoingEmail]) -> None:
        """Put claimed e-mails that were never begun back into the queue; if that fails, their leases run out."""
        if not emails:
            return
        log.info("emails.given_back", mailbox_id=self._mailbox.id, emails=len(emails))
        for email in emails:
            self._run.slots.put_back((email.campaign_id, email.mailbox_id))
        try:
            with self._run.uow.begin() as tx:
                give_back(tx, emails)
        except OutageError:
            self._recorder.give_back(emails)
            raise
        except Exception:
            log.exception("emails.not_given_back", emails=len(emails))
            self._journal.close()
            return
        self._backlog.put_back(Due(email.id, (email.campaign_id, email.mailbox_id)) for email in emails)


def send_planned(run: Run, plan: Plan) -> None:
    """Run all lanes of a plan side by side; what one raises is raised after all have ended."""
    with Recorder(run.uow, run.settings) as recorder:
        with ThreadPoolExecutor(run.settings.sender_threads, thread_name_prefix="lane") as pool:
            futures = [pool.submit(lane.work) for lane in _lanes(run, plan, recorder)]
        for future in futures:
            future.result()


def _lanes(run: Run, plan: Plan, recorder: Recorder) -> Iterator[Lane]:
    for mailbox in plan.mailboxes.values():
        dues = [due for due in plan.due if due.key[1] == mailbox.id]
        backlog = Backlog(dues, run.slots)
        worth = -(-len(dues) // _EMAILS_WORTH_A_LANE)
        for _ in range(min(run.settings.sender_connections, worth)):
            yield Lane(run, mailbox, backlog, recorder)
