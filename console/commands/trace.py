"""`cam trace`: what became of an e-mail or a lead, across all services."""

from collections.abc import Iterator
from typing import Annotated

import typer
from rich.console import RenderableType
from rich.text import Text
from sqlalchemy import Connection

from console.access import reading
from console.output import Json, clean, show
from console.traces.asked import Asked, find
from console.traces.chain import chain
from console.traces.drawing import tree
from console.traces.facts import Facts, read
from console.traces.hops import Hop

app = typer.Typer(add_completion=False, context_settings={"help_option_names": ["-h", "--help"]})

Found = list[tuple[Facts, Hop]]


@app.command()
def trace(
    what: Annotated[
        str,
        typer.Argument(
            help="A lead's address or number, a Message-ID, or lead/3, outbound/9, inbound/7.", show_default=False
        ),
    ],
    *,
    as_json: Json = False,
) -> None:
    """Print the chain of causes: e-mail, reply, classification, decision, alert or next e-mail.

    Every hop has its service, its time, how long after the hop before it happened, and at which attempt. Asked about an
    e-mail, only what led to it and what followed from it is shown.

    Example: cam trace maria@example.com

    Example: cam trace inbound/7 --json
    """
    with reading() as connection:
        found = _chains(connection, find(connection, what))
    show([_data(facts, root) for facts, root in found], _told(found), as_json=as_json)


def _chains(connection: Connection, asked: Asked) -> Found:
    found = []
    for lead_id in asked.lead_ids:
        facts = read(connection, lead_id)
        root = chain(facts)
        if asked.outbound_email_id:
            root.along("email", "outbound_email_id", asked.outbound_email_id)
        if asked.inbound_email_id:
            root.along("reply", "inbound_email_id", asked.inbound_email_id)
        found.append((facts, root))
    return found


def _traces(facts: Facts) -> list[str]:
    """Return the trace ids that this lead's e-mails belong to, usually one."""
    return list(dict.fromkeys(email["trace_id"].hex for email in facts.outbound if email["trace_id"]))


def _data(facts: Facts, root: Hop) -> dict[str, object]:
    return {"lead": dict(facts.lead), "trace_ids": _traces(facts), "hops": root.to_json()["then"]}


def _told(found: Found) -> Iterator[RenderableType]:
    for facts, root in found:
        lead = facts.lead
        title = Text.assemble(
            (f"{lead['email']} in campaign '{clean(lead['campaign'])}'", "bold"), f": {lead['status']}"
        )
        for trace_id in _traces(facts):
            title.append(f"  trace {trace_id}", style="dim")
        if not root.then:
            title.append("\nnothing was queued for them and nothing came from them", style="yellow")
        yield tree(root, title)
