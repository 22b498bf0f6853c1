"""Settles what a sender that died left behind, by its journals: each e-mail as if its sender had lived to record it."""

from collections.abc import Collection, Mapping, Sequence

import structlog
from sqlalchemy import RowMapping, bindparam, func, select

from services.sender.config import SenderSettings
from services.sender.doubts import settle_unanswered
from services.sender.journals import Journals
from services.sender.outgoing import OutgoingEmail
from services.sender.record import Answered, record
from services.sender.rules import is_doubtful
from services.sender.rules_journal import Testimony
from shared.errors import OutageError
from shared.states import OutboundState
from shared.tables import leads, mailboxes, outbound_emails
from shared.unit_of_work import Transaction, UnitOfWork

log = structlog.get_logger()
_email = outbound_emails.c
_batch = func.split_part(_email.lease_token, ":", 2)
_OVERDUE = select(_batch).where(_email.status == OutboundState.SENDING, _email.lease_expires_at <= bindparam("now"))
_LEFT_BEHIND = (
    select(
        outbound_emails,
        leads.c.email.label("recipient"),
        mailboxes.c.address,
        mailboxes.c.display_name,
        mailboxes.c.send_paused_reason,
    )
    .join(leads, leads.c.id == _email.lead_id)
    .join(mailboxes, mailboxes.c.id == _email.mailbox_id)
    .where(_email.status == OutboundState.SENDING)
    .order_by(_email.id)
)


def settle_abandoned(uow: UnitOfWork, journals: Journals, settings: SenderSettings) -> None:
    """Record what was answered, show what was begun and not answered, and queue what was never begun.

    Where a journal proves nothing by its silence, what it is silent about waits for its lease. Whose lease is over
    may live and be frozen: its journal is sealed, so that it begins nothing more.
    """
    with uow.begin() as tx:
        overdue = set(tx.connection.execute(_OVERDUE, {"now": tx.clock()}).scalars())
    with journals.abandoned(overdue) as told:
        if not told:
            return
        _record(uow, _answered(uow, told), settings)
        complete = {name: testimony for name, testimony in told.items() if journals.is_complete(testimony)}
        with uow.begin() as tx:
            rows = _left_behind(tx, complete, lock=True)
            begun = {token for testimony in complete.values() for token in testimony.begun}
            answered = {token for testimony in complete.values() for token in testimony.answers}
            open_ = [row for row in rows if row["lease_token"] not in answered]
            settle_unanswered(tx, open_, never_begun={row["lease_token"] for row in open_} - begun)


def _answered(uow: UnitOfWork, told: Mapping[str, Testimony]) -> list[Answered]:
    answers = {token: result for testimony in told.values() for token, result in testimony.answers.items()}
    with uow.begin() as tx:
        rows = [row for row in _left_behind(tx, told) if row["lease_token"] in answers]
    return [(_outgoing(row), answers[row["lease_token"]]) for row in rows]


def _left_behind(tx: Transaction, names: Collection[str], *, lock: bool = False) -> Sequence[RowMapping]:
    """Return what is still SENDING of the batches with these names.

    A lock also waits for a record that its sender did not live to see committed.
    """
    statement = _LEFT_BEHIND.where(_batch.in_(names))
    if lock:
        statement = statement.with_for_update(of=outbound_emails)
    return tx.connection.execute(statement).mappings().all()


def _record(uow: UnitOfWork, answered: Sequence[Answered], settings: SenderSettings) -> None:
    """Record these as their own sender would have; what is wrong with one harms no other."""
    try:
        if answered:
            with uow.begin() as tx:
                recorded = record(tx, answered, settings)
            log.warning("emails.recorded_by_journal", emails=len(recorded))
    except OutageError:
        raise
    except Exception:
        log.exception("emails.not_recorded", emails=len(answered))
        for one in answered if len(answered) > 1 else ():
            _record(uow, [one], settings)


def _outgoing(row: RowMapping) -> OutgoingEmail:
    """Return the e-mail as its record needs it; references are for the wire alone."""
    same = ("id", "lead_id", "campaign_id", "mailbox_id", "attempts", "recipient", "subject", "body", "message_id")
    return OutgoingEmail(
        **{name: row[name] for name in (*same, "silence_days")},
        token=row["lease_token"],
        doubtful=is_doubtful(row["message_id"], row["error_message"]),
        mailbox_paused=row["send_paused_reason"] is not None,
        sender=row["address"],
        sender_name=row["display_name"],
        in_reply_to=row["thread_message_id"],
        references=(),
        date=row["lease_expires_at"],
    )
