"""What the database knows about the subjects of alerts, one statement for a whole batch."""

from collections.abc import Sequence

from sqlalchemy import BigInteger, Integer, RowMapping, column, func, select

from services.alerter.rules import Facts
from shared.events import AlertRequested, Envelope
from shared.rows import as_table, execute
from shared.tables import campaigns, inbound_emails, leads
from shared.unit_of_work import Transaction

# What of a reply's text is read; an alert shows only its first lines.
_BODY_CHARACTERS = 4000


def look_up(tx: Transaction, events: Sequence[Envelope[AlertRequested]]) -> list[Facts]:
    """Return the facts of each event, in the same order."""
    asked = as_table(
        column("place", Integer),
        column("inbound_email_id", BigInteger),
        column("lead_id", BigInteger),
        column("campaign_id", BigInteger),
    )
    statement = (
        select(
            campaigns.c.name.label("campaign"),
            leads.c.email.label("lead_email"),
            leads.c.fields,
            inbound_emails.c.from_address,
            inbound_emails.c.subject,
            func.left(inbound_emails.c.body, _BODY_CHARACTERS).label("body"),
            inbound_emails.c.classification,
        )
        .select_from(asked)
        .outerjoin(inbound_emails, inbound_emails.c.id == asked.c.inbound_email_id)
        .outerjoin(leads, leads.c.id == func.coalesce(asked.c.lead_id, inbound_emails.c.lead_id))
        .outerjoin(
            campaigns,
            campaigns.c.id == func.coalesce(asked.c.campaign_id, leads.c.campaign_id, inbound_emails.c.campaign_id),
        )
        .order_by(asked.c.place)
    )
    rows = [
        {
            "place": place,
            "inbound_email_id": event.data.inbound_email_id,
            "lead_id": event.data.lead_id,
            "campaign_id": event.data.campaign_id,
        }
        for place, event in enumerate(events)
    ]
    return [_facts(row) for row in execute(tx.connection, statement, rows)]


def _facts(row: RowMapping) -> Facts:
    return Facts(
        campaign=row["campaign"],
        lead_email=row["lead_email"],
        lead_fields=row["fields"] or {},
        from_address=row["from_address"],
        subject=row["subject"],
        body=row["body"],
        classification=row["classification"],
    )
