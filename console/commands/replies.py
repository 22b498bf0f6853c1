"""`cam replies`: what came back, and what people say that it means."""

import getpass
import os
from dataclasses import asdict
from datetime import datetime
from typing import Annotated

import typer
from sqlalchemy import ColumnElement, false, func, select

from console import campaigns
from console.access import announcing, reading
from console.output import Json, show, table
from console.relabelling import Relabelled, Word, relabel
from shared.errors import ConfigurationError
from shared.events import BounceKind, Classification
from shared.tables import campaigns as campaign_table
from shared.tables import inbound_emails, leads

app = typer.Typer(
    help="What came back, what it was understood to mean, and what you say it means.",
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
_LARGEST_ID = 2**63 - 1
# As the index on these has it.
_NEEDS_REVIEW: ColumnElement[bool] = inbound_emails.c.classification_facts.contains({"needs_review": True})


@app.callback(invoke_without_command=True)
def replies(
    context: typer.Context,
    *,
    campaign: Annotated[str, typer.Option(help="Only of this campaign.")] = "",
    kind: Annotated[str, typer.Option("--class", help="Only of this class, such as POSITIVE.")] = "",
    review: Annotated[bool, typer.Option("--review", help="Only what a person should look at again.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="How many, newest first.")] = 20,
    as_json: Json = False,
) -> None:
    """List replies, newest first, with what each was understood to mean and why.

    Example: cam replies --campaign spring --class positive --limit 5
    """
    if context.invoked_subcommand:
        return
    mail = inbound_emails.c
    statement = (
        select(
            mail.id,
            mail.received_at,
            mail.from_address,
            leads.c.email.label("lead"),
            leads.c.status.label("lead_status"),
            campaign_table.c.name.label("campaign"),
            *mail["subject", "classification", "classification_confidence", "classification_reason"],
            *mail["classification_version", "classification_revision", "classified_at", "relabelled_at"],
            func.coalesce(_NEEDS_REVIEW, false()).label("needs_review"),
            *mail["alert_sent", "parse_error", "body"],
        )
        .outerjoin(leads, leads.c.id == mail.lead_id)
        .outerjoin(campaign_table, campaign_table.c.id == mail.campaign_id)
        .order_by(mail.received_at.desc(), mail.id.desc())
        .limit(limit)
    )
    if kind:
        statement = statement.where(mail.classification == _class(kind, "--class"))
    if review:
        statement = statement.where(_NEEDS_REVIEW)
    with reading() as connection:
        if campaign:
            statement = statement.where(mail.campaign_id == campaigns.find(connection, campaign)["id"])
        found = [dict(row) for row in connection.execute(statement).mappings()]
    rows = [
        (
            reply["id"],
            reply["received_at"],
            reply["from_address"],
            reply["campaign"],
            reply["classification"] or "not yet understood",
            reply["classification_reason"],
            "look again" if reply["needs_review"] else "",
            " ".join(str(reply["body"]).split())[:80],
        )
        for reply in found
    ]
    columns = ["id", "received", "from", "campaign", "means", "because", "", "text"]
    show(found, [table("replies", columns, rows)] if found else ["no replies"], as_json=as_json)


@app.command("relabel")
def relabel_(
    number: Annotated[int, typer.Argument(metavar="ID", min=1, max=_LARGEST_ID, help="The reply (see: cam replies).")],
    meaning: Annotated[str, typer.Argument(metavar="CLASS", help=f"One of {', '.join(Classification)}.")],
    *,
    by: Annotated[str, typer.Option(help="Who says so; else your login.", show_default=False)] = "",
    note: Annotated[str, typer.Option(help="Why, for whoever asks later.")] = "",
    return_date: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="With OOO: the day they are back.")
    ] = None,
    bounce_kind: Annotated[str, typer.Option(help="With BOUNCE: hard, soft or block.")] = "",
    as_json: Json = False,
) -> None:
    """Say what a reply means. Your word is kept, its lead is judged anew, and no machine overrules it.

    What an opt-out or a dead address put on the list stays there: cam suppress remove lifts it.

    Example: cam replies relabel 42 POSITIVE --note "asks for a quote between the lines"
    """
    word = Word(_class(meaning, "CLASS"), _who(by), note[:200], _facts(meaning, return_date, bounce_kind))
    with announcing() as uow, uow.begin() as tx:
        done = relabel(tx, number, word)
    show({**asdict(done), "relabelled_by": word.by}, _told(done), as_json=as_json)


def _told(done: Relabelled) -> list[str]:
    told = [f"reply {done.id} means {done.classification} (before: {done.before or 'not yet understood'})"]
    if done.lead is None:
        told.append("it belongs to no lead, so nothing else changes")
    if done.listed:
        told.append(
            f"{done.lead} is still never written to ({done.listed}): cam suppress remove {done.lead} --force, "
            "then relabel again"
        )
    return told


def _facts(meaning: str, return_date: datetime | None, bounce_kind: str) -> dict[str, object]:
    facts: dict[str, object] = {}
    if return_date:
        _only_with(Classification.OOO, meaning, "--return-date")
        facts["return_date"] = return_date.date().isoformat()
    if bounce_kind:
        _only_with(Classification.BOUNCE, meaning, "--bounce-kind")
        if bounce_kind.upper() not in set(BounceKind):
            raise ConfigurationError(f"--bounce-kind: must be hard, soft or block, not '{bounce_kind}'")
        facts["bounce_kind"] = bounce_kind.upper()
    return facts


def _only_with(needed: Classification, meaning: str, option: str) -> None:
    if meaning.upper() != needed:
        raise ConfigurationError(f"{option}: goes only with {needed}")


def _who(by: str) -> str:
    try:
        who = by or os.environ.get("SUDO_USER") or getpass.getuser()
    except (KeyError, OSError):
        raise ConfigurationError("--by: say who you are; this login has no name") from None
    return who.strip()[:100]


def _class(text: str, where: str) -> Classification:
    if text.upper() not in set(Classification):
        raise ConfigurationError(f"{where}: must be one of {', '.join(Classification)}, not '{text}'")
    return Classification(text.upper())
