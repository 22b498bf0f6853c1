"""Which events must have been announced, told from what the tables keep: ids are made of type and key."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import RowMapping

from shared.events import AlertRequested, Classification, Event, LeadTimeout, ReplyClassified, ReplyReceived, event_id
from shared.messaging.topology import SUBSCRIPTIONS

PERSON = "person"
_QUEUES = {subscription.event.type: subscription.queue for subscription in SUBSCRIPTIONS}


@dataclass(frozen=True, slots=True)
class Told:
    """An event that was announced."""

    type: str
    key: str

    @property
    def id(self) -> str:
        """Return the event's id."""
        return str(event_id(self.type, self.key))

    @property
    def queue(self) -> str:
        """Return the subscription that handles it, which is its guard's key space too."""
        return _QUEUES[self.type]


def received(reply: RowMapping) -> Told:
    """Return the event that a reply arrived."""
    place = {name: reply[name] for name in ("mailbox_id", "folder", "uidvalidity", "uid")}
    return _told(ReplyReceived(inbound_email_id=reply["id"], **place))


def classified(inbound_email_id: int, version: str, revision: int) -> Told:
    """Return the event that a reply was understood, or understood anew."""
    return _told(
        ReplyClassified(
            inbound_email_id=inbound_email_id,
            classifier_version=version,
            revision=revision,
            # No part of the key.
            classification=Classification.NEUTRAL,
            confidence=0,
            reason="",
        )
    )


def silence(outbound_email_id: int) -> Told:
    """Return the event that nobody answered an e-mail."""
    return _told(LeadTimeout(outbound_email_id=outbound_email_id, lead_id=1, campaign_id=1))


def alert(idempotency_key: str) -> Told:
    """Return the event that asked for an alert."""
    return Told(AlertRequested.type, idempotency_key)


def alerts_of_reply(inbound_email_id: int) -> Iterator[Told]:
    """Return the events that may have asked a human to look at a reply."""
    for kind in ("POSITIVE_REPLY", "REPLY_REVIEW", "COMPLAINT"):
        yield alert(f"{kind}/{inbound_email_id}")


def alert_of_doubt(outbound_email_id: int) -> Told:
    """Return the event that asks a human to look at a doubtful e-mail."""
    return alert(f"UNKNOWN_SEND/{outbound_email_id}")


def _told(event: Event) -> Told:
    return Told(event.type, event.key)
