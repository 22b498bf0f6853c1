"""`cam replies`: what came back."""

from typing import Annotated

import typer
from sqlalchemy import select

from console import campaigns
from console.access import reading
from console.output import Json, show, table
from shared.errors import ConfigurationError
from shared.events import Classification
from shared.tables import campaigns as campaign_table
from shared.tables import inbound_emails, leads

app = typer.Typer(add_completion=False, context_settings={"help_option_names": ["-h", "--help"]})


@app.command()
def replies(
    *,
    campaign: Annotated[str, typer.Option(help="Only of this campaign.")] = "",
    kind: Annotated[str, typer.Option("--class", help="Only of this class, such as POSITIVE.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="How many, newest first.")] = 20,
    as_json: Json = False,
) -> None:
    """List replies, newest first, with what each was understood to mean and why.

    Example: cam replies --campaign spring --class positive --limit 5
    """
    mail = inbound_emails.c
    statement = (
        select(
            mail.received_at,
            mail.from_address,
            leads.c.email.label("lead"),
            leads.c.status.label("lead_status"),
            campaign_table.c.name.label("campaign"),
            *mail["subject", "classification", "classification_confidence", "classification_reason"],
            *mail["classified_at", "alert_sent", "parse_error", "body"],
        )
        .outerjoin(leads, leads.c.id == mail.lead_id)
        .outerjoin(campaign_table, campaign_table.c.id == mail.campaign_id)
        .order_by(mail.received_at.desc(), mail.id.desc())
        .limit(limit)
    )
    if kind:
        statement = statement.where(mail.classification == _class(kind))
    with reading() as connection:
        if campaign:
            statement = statement.where(mail.campaign_id == campaigns.find(connection, campaign)["id"])
        found = [dict(row) for row in connection.execute(statement).mappings()]
    rows = [
        (
            reply["received_at"],
            reply["from_address"],
            reply["campaign"],
            reply["classification"] or "not yet understood",
            reply["classification_reason"],
            " ".join(str(reply["body"]).split())[:80],
        )
        for reply in found
    ]
    columns = ["received", "from", "campaign", "means", "because", "text"]
    show(found, [table("replies", columns, rows)] if found else ["no replies"], as_json=as_json)


def _class(text: str) -> Classification:
    if text.upper() not in set(Classification):
        raise ConfigurationError(f"--class: must be one of {', '.join(Classification)}, not '{text}'")
    return Classification(text.upper())
