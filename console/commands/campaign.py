"""`cam campaign`: create, preview, launch, pause, resume, list and show."""

from pathlib import Path
from typing import Annotated

import typer

from console import campaigns, funnel, intake, launching, previews
from console.access import reading, writing
from console.importing import LeadFile
from console.intake import Wanted
from console.lead_store import Target
from console.missing_columns import refuse
from console.output import Json, many, show
from console.sequence_file import load as load_sequence
from services.sender.config import SenderSettings
from shared.clock import utc_now
from shared.errors import ConfigurationError
from shared.settings import load
from shared.states import CampaignStatus

app = typer.Typer(
    help="Create, preview, launch, pause, resume and show campaigns.",
    no_args_is_help=True,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
Name = Annotated[str, typer.Argument(help="The campaign's name.", show_default=False)]


@app.command()
def create(
    *,
    sequence: Annotated[Path, typer.Option(help="The sequence, as in examples/sequence.yml.", show_default=False)],
    leads: Annotated[Path, typer.Option(help="A CSV file with a column 'email'.", show_default=False)],
    name: Annotated[str, typer.Option(help="The campaign's name; else the one in the sequence.")] = "",
    mailbox: Annotated[str, typer.Option(help="The mailbox that sends (see: cam mailbox list).")] = "default",
    strict: Annotated[bool, typer.Option("--strict", help="Create nothing if any row is bad.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check everything, and create nothing.")] = False,
    rejects: Annotated[Path | None, typer.Option(help="Write all bad rows to this CSV file.")] = None,
    as_json: Json = False,
) -> None:
    """Create a campaign, a draft, from a sequence and a CSV of leads. Nothing is sent before its launch.

    Example: cam campaign create --name spring --sequence examples/sequence.yml --leads examples/leads.csv
    """
    read = load_sequence(sequence)
    called = name or read.sequence.name
    if not called:
        raise ConfigurationError("--name is missing, and the sequence has no name either")
    file = LeadFile(leads, read.needs)
    refuse(leads, file.columns, read.needs, read)
    with writing() as connection:
        created = campaigns.create(connection, called, campaigns.mailbox_id(connection, mailbox), read.sequence)
        imported = intake.run(connection, Target(created, fresh=True), file, Wanted(strict, as_json, rejects))
        if not imported.count:
            raise intake.refusal(file, imported)
        if dry_run:
            connection.rollback()
    data = {"campaign": called, "created": not dry_run, **intake.report(imported)}
    first = f"campaign '{called}' {'would be' if dry_run else 'is'} created as a draft; nothing is sent yet"
    ending = (
        [] if dry_run else [f"look at it: cam campaign preview '{called}'; start it: cam campaign launch '{called}'"]
    )
    show(data, [first, *intake.told(imported), *ending], as_json=as_json)


@app.command()
def preview(
    name: Name,
    *,
    lead: Annotated[str, typer.Option(help="The address of one lead; else the first three.")] = "",
    as_json: Json = False,
) -> None:
    """Show every step as leads will read it.

    Example: cam campaign preview spring --lead maria@example.com
    """
    with reading() as connection:
        shown = previews.collect(connection, campaigns.find(connection, name), lead)
    show(shown, previews.told(shown), as_json=as_json)


@app.command()
def launch(name: Name, *, as_json: Json = False) -> None:
    """Check that every lead renders every step, queue the first step for all, and let the campaign run.

    Example: cam campaign launch spring
    """
    settings = load(SenderSettings)
    now = utc_now()
    with writing() as connection:
        startable = (CampaignStatus.DRAFT, CampaignStatus.FINISHED)
        campaign = campaigns.move(connection, name, to=CampaignStatus.RUNNING, allowed=startable, now=now)
        checked = launching.check(connection, campaign["id"])
        if checked.failed or not checked.leads:
            raise ConfigurationError(launching.refusal(name, checked))
        queued = launching.queue(connection, campaign, now=now, day_seconds=settings.day_seconds)
        due = launching.first_due(connection, campaign["id"])
        dry = settings.email_dry_run or campaigns.is_dry(connection, campaign["mailbox_id"])
    data = {"campaign": name, "status": CampaignStatus.RUNNING, "queued": queued, "first_due_at": due, "dry_run": dry}
    when = launching.when(due, now)
    told = [f"campaign '{name}' is running: {many(queued, 'e-mail')} queued, the first {when}"]
    told += ["this is a dry run: nothing really leaves (see: cam mailbox list)"] if dry else []
    show(data, told, as_json=as_json)


@app.command()
def pause(
    name: Name,
    *,
    reason: Annotated[str, typer.Option(help="Why, for whoever asks later.")] = "paused by hand",
    as_json: Json = False,
) -> None:
    """Stop a campaign's sending until it is resumed; replies are still understood.

    Example: cam campaign pause spring --reason "new price list first"
    """
    moving = (CampaignStatus.RUNNING, CampaignStatus.DEGRADED)
    with writing() as connection:
        campaigns.move(connection, name, to=CampaignStatus.PAUSED, allowed=moving, now=utc_now(), reason=reason)
    data = {"campaign": name, "status": CampaignStatus.PAUSED, "reason": reason}
    show(data, [f"campaign '{name}' is paused; what is being sent this second still leaves"], as_json=as_json)


@app.command()
def resume(name: Name, *, as_json: Json = False) -> None:
    """Let a paused or degraded campaign run on; its rules count from now.

    Example: cam campaign resume spring
    """
    resting = (CampaignStatus.PAUSED, CampaignStatus.DEGRADED)
    with writing() as connection:
        before = campaigns.move(connection, name, to=CampaignStatus.RUNNING, allowed=resting, now=utc_now())
    was = f"{before['status']}{': ' + before['status_reason'] if before['status_reason'] else ''}"
    data = {"campaign": name, "status": CampaignStatus.RUNNING, "was": was}
    show(data, [f"campaign '{name}' runs again (it was {was})"], as_json=as_json)


@app.command("list")
def list_(*, as_json: Json = False) -> None:
    """List all campaigns with their funnels.

    Example: cam campaign list --json
    """
    with reading() as connection:
        found = funnel.overview(connection)
    show(found, funnel.told(found), as_json=as_json)


@app.command("show")
def show_(name: Name, *, as_json: Json = False) -> None:
    """Show one campaign: leads and e-mails by status, numbers by step, why it rests, and when it sends next.

    Example: cam campaign show spring
    """
    with reading() as connection:
        found = funnel.details(connection, campaigns.find(connection, name), utc_now())
    show(found, funnel.details_told(found), as_json=as_json)
