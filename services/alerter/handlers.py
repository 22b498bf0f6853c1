"""What the alerter does when an event arrives."""

from collections.abc import Sequence

from services.alerter.delivery import Delivery
from services.alerter.facts import look_up
from services.alerter.ledger import Draft, claim_new, send_and_record
from services.alerter.rules import Facts, compose, who
from shared.events import AlertRequested, Envelope
from shared.unit_of_work import UnitOfWork


def alert_requested(events: Sequence[Envelope[AlertRequested]], uow: UnitOfWork, *, delivery: Delivery) -> None:
    """Tell a human: log and lease the alerts, send them, record what the channels said."""
    with uow.begin() as tx:
        fresh = tx.fresh(events)
        drafts = [_draft(event, facts) for event, facts in zip(fresh, look_up(tx, fresh), strict=True)]
        alerts = claim_new(tx, drafts, delivery.recipients)
    send_and_record(uow, alerts, delivery)


def _draft(event: Envelope[AlertRequested], facts: Facts) -> Draft:
    asked = event.data
    known = {
        "campaign": facts.campaign,
        "lead": who(facts),
        "lead_email": facts.lead_email,
        "outbound_email_id": asked.outbound_email_id,
        "event_id": event.id,
        "requested_at": event.time.isoformat(),
    }
    return Draft(
        key=event.key,
        alert_type=asked.alert_type,
        text=compose(asked, facts),
        campaign_id=asked.campaign_id,
        lead_id=asked.lead_id,
        inbound_email_id=asked.inbound_email_id,
        metadata={name: str(value) for name, value in known.items() if value is not None},
    )
