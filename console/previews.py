"""Shows what leads will read."""

from collections.abc import Iterator
from itertools import islice
from typing import TypedDict

from rich.console import RenderableType
from rich.text import Text
from sqlalchemy import Connection, RowMapping, select

from console import campaigns
from console.addresses import normalised
from console.campaigns import Wording
from console.launching import rendered
from console.output import clean, printable
from services.sender.templates import RenderError
from shared.errors import ConfigurationError
from shared.tables import leads

_FEW = 3


class Shown(TypedDict):
    """One step as one lead will read it, or the problem with it."""

    lead: str
    step: int
    variant: str
    wait_days: float
    subject: str | None
    body: str | None
    problem: str | None


def collect(connection: Connection, campaign: RowMapping, address: str) -> list[Shown]:
    """Render all steps for one lead, or for the first three."""
    steps = campaigns.steps(connection, campaign["id"])
    return [shown for lead in _leads(connection, campaign, address) for shown in _sequence(lead, steps)]


def _leads(connection: Connection, campaign: RowMapping, address: str) -> list[RowMapping]:
    statement = select(leads.c.email, leads.c.fields).where(leads.c.campaign_id == campaign["id"])
    if address:
        statement = statement.where(leads.c.email == _stored(address))
    found = connection.execute(statement.order_by(leads.c.id).limit(_FEW)).mappings().all()
    if not found:
        who = f"lead '{address}'" if address else "lead"
        raise ConfigurationError(f"campaign '{campaign['name']}' has no {who}")
    return list(found)


def _stored(address: str) -> str:
    try:
        return normalised(address)
    except ValueError as error:
        raise ConfigurationError(f"'{address}': {error}") from None


def _sequence(lead: RowMapping, steps: list[Wording]) -> Iterator[Shown]:
    thread = ""
    for step in steps:
        shown = Shown(
            lead=lead["email"],
            step=step.position,
            variant=step.variant,
            wait_days=step.wait_days,
            subject=None,
            body=None,
            problem=None,
        )
        try:
            subject, shown["body"] = rendered(step, lead["email"], lead["fields"])
            thread = subject if subject and step.variant == "A" else thread
            shown["subject"] = subject or (thread if thread.lower().startswith("re:") else f"Re: {thread}")
        except RenderError as error:
            shown["problem"] = str(error)
        yield shown


def told(shown: list[Shown]) -> Iterator[RenderableType]:
    """Yield what people read."""
    lead = ""
    for part in islice(shown, 500):
        if part["lead"] != lead:
            lead = part["lead"]
            yield Text(f"To: {lead}", style="bold")
        wait = f", {part['wait_days']:g} days later" if part["wait_days"] else ""
        yield Text(f"  step {part['step']}{part['variant']}{wait}", style="dim")
        if part["problem"]:
            yield Text(f"  can't be sent: {clean(part['problem'])}", style="red")
        else:
            yield Text(f"  Subject: {clean(part['subject'] or '')}", style="bold")
            yield Text("\n".join(f"  {printable(line)}".rstrip() for line in (part["body"] or "").splitlines()) + "\n")
