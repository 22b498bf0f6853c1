"""What the database knows about the subjects of alerts, one statement for a whole batch."""

from collections.abc import Sequence

from sqlalchemy import BigInteger, Integer, Values, cast, column, func, select, values

from services.alerter.rules import Facts
from shared.events import AlertRequested, Envelope
from shared.tables import campaigns, inbound_emails, leads
from shared.unit_of_work import Transaction

# What of a reply's text is read; an alert shows only its first lines.
_BODY_CHARACTERS = 4000


def look_up(tx: Transaction, events: Sequence[Envelope[AlertRequested]]) -> list[Facts]:
    """Return the facts of each event, in the same order."""
    if not events:
        return []
    asked = _asked(events)
    reply_id, lead_id, campaign_id = (
        cast(asked.c[name], BigInteger) for name in ("inbound_email_id", "lead_id", "campaign_id")
    )
    statement = (
        select(
            campaigns.c.name,
            leads.c.email,
            leads.c.fields,
            inbound_emails.c.from_address,
            inbound_emails.c.subject,
            func.left(inbound_emails.c.body, _BODY_CHARACTERS),
            inbound_emails.c.classification,
        )
        .select_from(asked)
        .outerjoin(inbound_emails, inbound_emails.c.id == reply_id)
        .outerjoin(leads, leads.c.id == func.coalesce(lead_id, inbound_emails.c.lead_id))
        .outerjoin(
            campaigns,
            campaigns.c.id == func.coalesce(campaign_id, leads.c.campaign_id, inbound_emails.c.campaign_id),
        )
        .order_by(asked.c.place)
    )
    return [
        Facts(name, email, fields or {}, from_address, subject, body, classification)
        for name, email, fields, from_address, subject, body, classification in tx.connection.execute(statement)
    ]


def _asked(events: Sequence[Envelope[AlertRequested]]) -> Values:
    rows = [
        (place, event.data.inbound_email_id, event.data.lead_id, event.data.campaign_id)
        for place, event in enumerate(events)
    ]
    return values(
        column("place", Integer),
        column("inbound_email_id", BigInteger),
        column("lead_id", BigInteger),
        column("campaign_id", BigInteger),
        name="asked",
    ).data(rows)
