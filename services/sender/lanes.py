"""Sends what a run has planned: a few lanes for each mailbox, each with its own connection.

A lane hands the e-mails of a small claimed batch over one after the other; one recorder writes down for all lanes
what became of each, while they go on. Where e-mails fly, the next batch is claimed meanwhile, and begun before the
last of this one are recorded. What is begun and what was answered stands in the batch's journal before, in case this
process dies.
"""

from collections.abc import Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta

import structlog

from services.sender.backlog import Backlog
from services.sender.batches import Batch
from services.sender.claim import LEASE
from services.sender.journals import Journal
from services.sender.outgoing import OutgoingEmail
from services.sender.planning import Mailbox, Plan
from services.sender.recorder import Done, Recorder
from services.sender.rules import SPENT, SendResult, Verdict, mailbox_rest
from services.sender.rules_lease import next_size
from services.sender.run import MailProvider, Run
from services.sender.supply import Supply
from shared.errors import ConfigurationError, OutageError
from shared.faults import point

log = structlog.get_logger()
_EMAILS_WORTH_A_LANE = 5
# An e-mail that could not be begun within this time of its claim is given back: what the claim saw is too old.
FRESH = timedelta(seconds=1)


class Lane:
    """One connection of one mailbox."""

    def __init__(self, run: Run, mailbox: Mailbox, supply: Supply, recorder: Recorder, claims: Executor) -> None:
        self._run = run
        self._mailbox = mailbox
        self._supply = supply
        self._recorder = recorder
        self._claims = claims
        self._provider: MailProvider | None = None
        self._journal = Journal()
        self._unfinished: Batch | None = None
        self._size = 1

    def work(self) -> None:
        """Send until nothing is supplied any more, or the mailbox must rest."""
        batches: list[Batch] = []
        ahead: Future[list[Batch]] | None = None
        try:
            while batches := ahead.result() if ahead else self._supply.next(self._size):
                ahead = self._claims.submit(self._supply.next, self._size) if batches[-1].flies() else None
                for batch in batches:
                    self._hand_over(batch)
        finally:
            self._finish()
            self._supply.abandon(batches)
            if ahead:
                with suppress(OutageError):
                    self._supply.abandon(ahead.result())
            if self._provider is not None:
                self._provider.close()

    def _hand_over(self, batch: Batch) -> None:
        began, sent, self._journal = self._run.uow.clock(), 0, batch.journal
        while self._may_begin(batch):
            email = batch.begin()
            result = self._send(email, batch.following())
            batch.journal.answer(email.token, result, self._run.uow.clock())
            point("after_answered")
            sent += 1
            self._recorder.put(Done(email, result, batch))
            if mailbox_rest(result, self._run.settings.day_seconds):
                self._supply.close()
        self._finish()
        self._unfinished = batch
        self._supply.give_back(batch)
        if not batch.flies():
            self._finish()
        if sent:
            took = self._run.uow.clock() - began
            self._size = next_size(self._size, sent, took.total_seconds())

    def _finish(self) -> None:
        """See all that was begun before recorded."""
        if self._unfinished:
            self._unfinished.finish()
        self._unfinished = None

    def _may_begin(self, batch: Batch) -> bool:
        """Wait until enough of the batch is recorded, then tell whether its next e-mail may still leave."""
        return (
            batch.ready()
            and not self._run.stop.is_set()
            and not self._supply.is_closed()
            and self._run.uow.clock() - batch.claimed_at < FRESH
        )

    def _send(self, email: OutgoingEmail, following: OutgoingEmail | None) -> SendResult:
        try:
            kind = self._run.provider_of(self._mailbox)
            self._provider = self._provider or self._run.open_provider(self._mailbox, kind, self._begin)
            result = self._provider.send(email, following)
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


def send_planned(run: Run, plan: Plan) -> None:
    """Run all lanes of a plan side by side; what one raises is raised after all have ended."""
    most = run.settings.sender_threads
    with (
        Recorder(run.uow, run.settings) as recorder,
        ThreadPoolExecutor(most, thread_name_prefix="claim") as claims,
        ThreadPoolExecutor(most, thread_name_prefix="lane") as pool,
    ):
        futures = [pool.submit(lane.work) for lane in _lanes(run, plan, recorder, claims)]
        pool.shutdown()
        for future in futures:
            future.result()


def _lanes(run: Run, plan: Plan, recorder: Recorder, claims: Executor) -> Iterator[Lane]:
    for mailbox in plan.mailboxes.values():
        dues = [due for due in plan.due if due.key[1] == mailbox.id]
        supply = Supply(run, mailbox, Backlog(dues, run.slots), recorder)
        worth = -(-len(dues) // _EMAILS_WORTH_A_LANE)
        for _ in range(min(run.settings.sender_connections, worth)):
            yield Lane(run, mailbox, supply, recorder, claims)
