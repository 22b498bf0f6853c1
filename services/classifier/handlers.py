"""What the classifier does when a reply arrives."""

from collections.abc import Mapping, Sequence

from services.classifier.rules import VERSION, Understanding, classify
from services.classifier.second_stage import SecondStage
from services.classifier.store import Meaning, pending, read, record
from shared.errors import PermanentError
from shared.events import Envelope, ReplyClassified, ReplyReceived
from shared.unit_of_work import UnitOfWork

Replies = Sequence[Envelope[ReplyReceived]]
_SECOND_STAGE = "+llm"


def reply_received(events: Replies, uow: UnitOfWork, *, second: SecondStage | None = None) -> None:
    """Say what the replies of a batch mean; raise `PermanentError` for an e-mail that is not there.

    Those about which a second stage is asked are written after the others, which never wait for it.
    """
    with uow.engine.connect() as connection:
        mails = read(connection, {event.data.inbound_email_id for event in events})
    if missing := {event.data.inbound_email_id for event in events} - set(mails):
        raise PermanentError(f"no inbound e-mail {', '.join(map(str, sorted(missing)))}")
    found = {number: classify(mail) for number, mail in mails.items()}
    unsure = second.unsure(mails, found) if second else set()
    sure = [event for event in events if event.data.inbound_email_id not in unsure]
    if sure or not unsure:
        _write(sure, uow, found)
    if second and unsure:
        with uow.engine.connect() as connection:
            new = pending(connection, unsure)
        judged = second.judge(mails, {number: found[number] for number in new})
        _write([event for event in events if event.data.inbound_email_id in unsure], uow, found | judged)


def _write(events: Replies, uow: UnitOfWork, found: Mapping[int, Understanding]) -> None:
    with uow.begin() as tx:
        fresh = tx.fresh(events)
        meanings = {event.data.inbound_email_id: _meaning(found[event.data.inbound_email_id]) for event in fresh}
        written = record(tx, meanings)
        for event in fresh:
            if event.data.inbound_email_id in written:
                tx.emit(_classified(event, meanings[event.data.inbound_email_id]), cause=event)


def _meaning(understanding: Understanding) -> Meaning:
    return Meaning(understanding, VERSION + _SECOND_STAGE if understanding.facts.second_opinion else VERSION)


def _classified(event: Envelope[ReplyReceived], meaning: Meaning) -> ReplyClassified:
    understanding = meaning.understanding
    return ReplyClassified(
        inbound_email_id=event.data.inbound_email_id,
        lead_id=event.data.lead_id,
        outbound_email_id=event.data.outbound_email_id,
        classification=understanding.classification,
        confidence=understanding.confidence,
        reason=understanding.reason,
        classifier_version=meaning.version,
        revision=meaning.revision,
        return_date=understanding.facts.return_date,
        bounce_kind=understanding.facts.bounce_kind,
        feedback_type=understanding.facts.feedback_type,
    )
