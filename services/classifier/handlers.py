"""What the classifier does when a reply arrives."""

from collections.abc import Mapping, Sequence

from services.classifier.rules import VERSION, Understanding, classify
from services.classifier.store import read, record
from shared.errors import PermanentError
from shared.events import Envelope, ReplyClassified, ReplyReceived
from shared.unit_of_work import UnitOfWork

_FIRST_REVISION = 1


def reply_received(events: Sequence[Envelope[ReplyReceived]], uow: UnitOfWork) -> None:
    """Say what the replies of a batch mean; raise `PermanentError` for an e-mail that is not there."""
    with uow.engine.connect() as connection:
        mails = read(connection, {event.data.inbound_email_id for event in events})
    if missing := {event.data.inbound_email_id for event in events} - set(mails):
        raise PermanentError(f"no inbound e-mail {', '.join(map(str, sorted(missing)))}")
    understood = {number: classify(mail) for number, mail in mails.items()}
    with uow.begin() as tx:
        fresh = tx.fresh(events)
        found = {event.data.inbound_email_id: understood[event.data.inbound_email_id] for event in fresh}
        written = record(tx, found, VERSION, dict.fromkeys(found, _FIRST_REVISION))
        for event in fresh:
            if event.data.inbound_email_id in written:
                tx.emit(_classified(event, found), cause=event)


def _classified(event: Envelope[ReplyReceived], found: Mapping[int, Understanding]) -> ReplyClassified:
    number = event.data.inbound_email_id
    understanding = found[number]
    return ReplyClassified(
        inbound_email_id=number,
        lead_id=event.data.lead_id,
        outbound_email_id=event.data.outbound_email_id,
        classification=understanding.classification,
        confidence=understanding.confidence,
        reason=understanding.reason,
        classifier_version=VERSION,
        revision=_FIRST_REVISION,
        return_date=understanding.facts.return_date,
        bounce_kind=understanding.facts.bounce_kind,
    )
