"""The words by which every command of `cam dlq` says which letters it means."""

from typing import Annotated

import typer

from console.letters.selection import Selection, checked, moment
from shared.clock import utc_now

Ids = Annotated[
    list[str] | None,
    typer.Argument(help="Ids of letters or events, or their beginnings.", show_default=False),
]
Group = Annotated[str, typer.Option("--group", help="Only this group, as `cam dlq group` names it.")]
Service = Annotated[str, typer.Option("--service", help="Only of this service.")]
EventType = Annotated[str, typer.Option("--event", help="Only this event, such as reply.received.")]
Exception_ = Annotated[str, typer.Option("--exception", help="Only with this text in the exception.")]
Reason = Annotated[
    str,
    typer.Option(
        "--why", help="Only these: schema_invalid, permanent, attempts_exhausted, too_old, killed_its_process."
    ),
]
Since = Annotated[str, typer.Option("--since", help="Failed last since then: 2026-01-31T09:00, or an age: 2h.")]
Until = Annotated[str, typer.Option("--until", help="Failed last until then.")]
Number = Annotated[
    int | None,
    typer.Option("--number", min=1, help="Only the first so many, the oldest of each queue first.", show_default=False),
]
Everything = Annotated[bool, typer.Option("--all", help="Every dead letter.")]
Why = Annotated[str, typer.Option("--reason", help="Why, for the audit.")]
By = Annotated[str, typer.Option("--by", help="Who, for the audit; default: this login and machine.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and do nothing.")]


def selection(
    *,
    ids: list[str] | None = None,
    group: str = "",
    service: str = "",
    event: str = "",
    exception: str = "",
    why: str = "",
    since: str = "",
    until: str = "",
    number: int | None = None,
) -> Selection:
    """Return what was typed as a selection; raise `ConfigurationError` if it can mean nothing."""
    now = utc_now()
    return checked(
        Selection(
            ids=tuple(ids or ()),
            group=group,
            service=service,
            event=event,
            exception=exception,
            reason=why,
            since=moment("--since", since, now),
            until=moment("--until", until, now),
            number=number,
        )
    )
