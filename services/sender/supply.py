"""Supplies a lane with claimed batches, and takes back what it could not begin."""

from collections.abc import Iterable, Iterator

import structlog

from services.sender.backlog import Backlog
from services.sender.batches import Batch
from services.sender.claim import claim, give_back
from services.sender.outgoing import OutgoingEmail
from services.sender.planning import Due, Mailbox
from services.sender.recorder import Recorder
from services.sender.run import Run
from shared.errors import OutageError
from shared.faults import point

log = structlog.get_logger()


class Supply:
    """What is still due of one mailbox in this run, claimed batch by batch; may be called by several threads."""

    def __init__(self, run: Run, mailbox: Mailbox, backlog: Backlog, recorder: Recorder) -> None:
        self._run = run
        self._mailbox = mailbox
        self._backlog = backlog
        self._recorder = recorder
        self._kind = run.provider_of(mailbox)

    def next(self, size: int) -> list[Batch]:
        """Claim up to so many e-mails, in one batch unless something is wrong; nothing if no more may leave."""
        while self._may_claim() and (dues := self._backlog.take(size)):
            if batches := list(self._claim(dues)):
                point("after_claim")
                return batches
        return []

    def close(self) -> None:
        """Supply nothing more: the mailbox must rest."""
        self._backlog.close()

    def is_closed(self) -> bool:
        """Tell whether the mailbox must rest."""
        return self._backlog.is_closed()

    def give_back(self, batch: Batch) -> None:
        """Put what was never begun back into the queue; if that fails, its journal tells the next who looks."""
        emails = batch.rest()
        if not emails:
            return
        log.info("emails.given_back", mailbox_id=self._mailbox.id, emails=len(emails))
        self._free(emails)
        try:
            with self._run.uow.begin() as tx:
                give_back(tx, emails)
        except OutageError:
            self._recorder.give_back(emails)
            raise
        except Exception:
            log.exception("emails.not_given_back", emails=len(emails))
            batch.journal.close()
            return
        self._backlog.put_back(Due(email.id, (email.campaign_id, email.mailbox_id)) for email in emails)

    def abandon(self, batches: Iterable[Batch]) -> None:
        """Give back, as soon as the database is there again, what nobody will begin."""
        for batch in batches:
            emails = batch.rest()
            self._free(emails)
            self._recorder.give_back(emails)
            batch.journal.close()

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
            if len(dues) == 1:
                self._run.slots.put_back(dues[0].key)
                return
            for due in dues:
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
        ours = {email.id for email in claimed}
        for due in dues:
            if due.id not in ours:
                self._run.slots.put_back(due.key)
        if claimed:
            return Batch(claimed, journal, self._recorder.hurry)
        journal.discard()
        return None

    def _free(self, emails: Iterable[OutgoingEmail]) -> None:
        for email in emails:
            self._run.slots.put_back((email.campaign_id, email.mailbox_id))
