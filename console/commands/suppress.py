"""`cam suppress`: addresses and domains that are never written to again."""

from typing import Annotated

import typer
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from console.access import reading, writing
from console.addresses import target
from console.output import Json, show, table
from shared.errors import ConfigurationError
from shared.tables import suppressions

app = typer.Typer(
    help="Addresses and domains that are never written to.",
    no_args_is_help=True,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
Targets = Annotated[list[str], typer.Argument(help="Addresses, or domains written @example.com.", show_default=False)]


@app.command()
def add(
    targets: Targets,
    *,
    note: Annotated[str, typer.Option(help="Why, for whoever asks later.")] = "",
    as_json: Json = False,
) -> None:
    """Never write to these addresses or domains again, in any campaign.

    Example: cam suppress add joe@example.com @competitor.example --note "asked by phone"
    """
    wanted = sorted({_target(text) for text in targets})
    rows = [{"target": one, "reason": "MANUAL", "note": note} for one in wanted]
    statement = insert(suppressions).values(rows).on_conflict_do_nothing().returning(suppressions.c.target)
    with writing() as connection:
        new = sorted(connection.execute(statement).scalars())
    known = sorted(set(wanted) - set(new))
    told = [f"{one} is suppressed" for one in new] + [f"{one} was suppressed already" for one in known]
    show({"added": new, "already": known}, told, as_json=as_json)


@app.command("list")
def list_(
    *,
    limit: Annotated[int, typer.Option(min=1, help="How many, newest first.")] = 50,
    as_json: Json = False,
) -> None:
    """List suppressions, newest first.

    Example: cam suppress list --limit 200
    """
    of = suppressions.c
    statement = select(of.target, of.reason, of.note, of.created_at).order_by(of.id.desc()).limit(limit)
    with reading() as connection:
        found = [dict(row) for row in connection.execute(statement).mappings()]
    rows = [(one["target"], one["reason"], one["created_at"], one["note"]) for one in found]
    told = [table("suppressed", ["who", "why", "since", "note"], rows)] if found else ["nobody is suppressed"]
    show(found, told, as_json=as_json)


@app.command()
def remove(
    targets: Targets,
    *,
    force: Annotated[bool, typer.Option("--force", help="Also where the person opted out themselves.")] = False,
    as_json: Json = False,
) -> None:
    """Lift suppressions. Who opted out themselves stays suppressed unless you insist with --force.

    Example: cam suppress remove @example.com
    """
    wanted = sorted({_target(text) for text in targets})
    of = suppressions.c
    with writing() as connection:
        found = {
            row.target: row.reason
            for row in connection.execute(select(of.target, of.reason).where(of.target.in_(wanted)))
        }
        missing = [one for one in wanted if one not in found]
        if missing:
            raise ConfigurationError(f"not suppressed: {', '.join(missing)}")
        own = [one for one in wanted if found[one] in {"UNSUBSCRIBED", "COMPLAINT"}]
        if own and not force:
            raise ConfigurationError(f"opted out themselves: {', '.join(own)} (--force lifts it all the same)")
        connection.execute(delete(suppressions).where(of.target.in_(wanted)))
    show({"removed": wanted}, [f"{one} may be written to again" for one in wanted], as_json=as_json)


def _target(text: str) -> str:
    try:
        return target(text)
    except ValueError as error:
        raise ConfigurationError(f"'{text}': {error}") from None
