"""`cam leads`: import more of them, and ask why nothing is sent to one."""

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import RenderableType
from rich.text import Text
from sqlalchemy import Connection, RowMapping, delete, exists

from console import campaigns, intake, launching, why
from console.access import reading, writing
from console.addresses import normalised
from console.importing import LeadFile
from console.intake import Imported, Wanted
from console.lead_store import Target
from console.missing_columns import refuse
from console.output import Json, clean, many, show
from console.sequence_file import together
from console.templates import Needs, needs
from console.why import Answer
from services.sender.config import SenderSettings
from shared.clock import utc_now
from shared.errors import ConfigurationError
from shared.settings import Settings, load
from shared.states import CampaignStatus
from shared.tables import leads as lead_table
from shared.tables import outbound_emails

app = typer.Typer(
    help="Import leads; ask why nothing is sent to one.",
    no_args_is_help=True,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.command("import")
def import_(
    name: Annotated[str, typer.Argument(help="The campaign's name.", show_default=False)],
    leads: Annotated[Path, typer.Argument(help="A CSV file with a column 'email'.", show_default=False)],
    *,
    strict: Annotated[bool, typer.Option("--strict", help="Import nothing if any row is bad.")] = False,
    rejects: Annotated[Path | None, typer.Option(help="Write all bad rows to this CSV file.")] = None,
    as_json: Json = False,
) -> None:
    """Import leads into a campaign. If it runs already, their first e-mail is queued at once.

    Example: cam leads import spring more-leads.csv --rejects bad.csv
    """
    settings = load(Settings)
    with writing() as connection:
        campaign = campaigns.find(connection, name)
        needed = _needs(connection, campaign)
        file = LeadFile(leads, needed)
        refuse(leads, file.columns, needed)
        imported = intake.run(connection, Target(campaign["id"]), file, Wanted(strict, as_json, rejects))
        queued = _queue(connection, campaign, imported, settings.day_seconds)
    told = [*intake.told(imported), *([f"queued: {many(queued, 'first e-mail')}"] if queued else [])]
    show({"campaign": name, **intake.report(imported), "queued": queued}, told, as_json=as_json)


def _needs(connection: Connection, campaign: RowMapping) -> Needs:
    steps = campaigns.steps(connection, campaign["id"])
    return together([needs(source) for step in steps for source in (step.subject, step.body) if source])


def _queue(connection: Connection, campaign: RowMapping, imported: Imported, day_seconds: float) -> int:
    """Queue the first step for new leads of a campaign that was launched; a draft waits for its launch."""
    if not imported.count or campaign["status"] in {CampaignStatus.DRAFT, CampaignStatus.FINISHED}:
        return 0
    checked = launching.check(connection, campaign["id"])
    if checked.failed:
        raise ConfigurationError(launching.refusal(campaign["name"], checked))
    return launching.queue(connection, campaign, now=utc_now(), day_seconds=day_seconds)


@app.command()
def drop(
    name: Annotated[str, typer.Argument(help="The campaign's name.", show_default=False)],
    addresses: Annotated[list[str], typer.Argument(help="The leads' addresses.", show_default=False)],
    *,
    as_json: Json = False,
) -> None:
    """Take leads out of a campaign that nothing was ever queued for, such as one that blocks its launch.

    Example: cam leads drop spring joe@example.com
    """
    wanted = sorted({_address(address) for address in addresses})
    with writing() as connection:
        campaign = campaigns.find(connection, name)
        mine = (lead_table.c.campaign_id == campaign["id"]) & lead_table.c.email.in_(wanted)
        unsent = ~exists().where(outbound_emails.c.lead_id == lead_table.c.id)
        dropped = set(
            connection.execute(delete(lead_table).where(mine, unsent).returning(lead_table.c.email)).scalars()
        )
        stays = [email for email in wanted if email not in dropped]
        if stays:
            raise ConfigurationError(
                f"no leads of '{name}', or written to already: {', '.join(stays)}; nothing was done"
            )
    show({"campaign": name, "dropped": wanted}, [f"{email} is out of '{name}'" for email in wanted], as_json=as_json)


def _address(text: str) -> str:
    try:
        return normalised(text)
    except ValueError as error:
        raise ConfigurationError(f"'{text}': {error}") from None


@app.command("why")
def why_(
    address: Annotated[str, typer.Argument(help="The lead's address.", show_default=False)],
    *,
    as_json: Json = False,
) -> None:
    """Say why nothing is sent to a lead, and when something will be.

    Example: cam leads why maria@example.com
    """
    email = _address(address)
    with reading() as connection:
        found = why.answers(connection, email, load(SenderSettings), utc_now())
    if not found:
        raise ConfigurationError(f"{email} is a lead of no campaign")
    show([asdict(one) for one in found], _told(found), as_json=as_json)


def _told(found: list[Answer]) -> Iterator[RenderableType]:
    for one in found:
        yield Text.assemble((f"{one.email} in campaign '{clean(one.campaign)}'", "bold"), f": {one.status}")
        for reason in one.because:
            yield Text(f"  held back: {clean(reason)}", style="yellow")
        yield Text(f"  next: {clean(one.next)}")
