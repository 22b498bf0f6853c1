"""`cam servers`: the private PostgreSQL, RabbitMQ and Dovecot of this checkout."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from console.output import Json, notices, show, table
from console.servers import NAMES, Servers, ServerStatus
from console.servers import start as start_servers
from console.servers import status as server_status
from console.servers import stop as stop_servers
from console.servers.addresses import addresses
from console.servers.site import find_site
from shared.errors import CamError

app = typer.Typer(no_args_is_help=True, help="Private PostgreSQL, RabbitMQ and Dovecot for trying things out.")

Only = Annotated[list[str] | None, typer.Option("--only", help=f"One of {', '.join(NAMES)}; may be given repeatedly.")]
Delete = Annotated[bool, typer.Option("--delete", help="Also delete their data, ports and passwords.")]


@app.command()
def start(only: Only = None, *, as_json: Json = False) -> None:
    """Start what does not run yet, and wait until it serves.

    Example: cam servers start
    """
    servers = start_servers(checkout(), only=set(only) if only else None, say=notices().print)
    hint = 'Point this shell at them: eval "$(cam servers env)"'
    show({"servers": _rows(), "environment": servers.environment()}, [hint], as_json=as_json)


@app.command()
def stop(*, delete: Delete = False, as_json: Json = False) -> None:
    """Stop them; their data stays unless told otherwise.

    Example: cam servers stop
    """
    ended = stop_servers(checkout(), delete=delete, say=notices().print)
    show({"stopped": ended}, [] if ended else ["nothing was running"], as_json=as_json)


@app.command()
def env(*, as_json: Json = False) -> None:
    """Print the settings that point CAM at them, for a shell to eval.

    Example: eval "$(cam servers env)"
    """
    variables = _running().environment()
    if as_json:
        show(variables, [], as_json=True)
        return
    for name, value in variables.items():
        typer.echo(f"export {name}='{value}'")


@app.command()
def status(*, as_json: Json = False) -> None:
    """Show which of them run, where, and where they log.

    Example: cam servers status --json
    """
    columns = ("server", "runs", "pid", "port", "log")
    rows = [(row.name, row.pid is not None, row.pid, row.port, row.log) for row in server_status(checkout())]
    show({"servers": _rows()}, [table("", columns, rows)] if rows else ["no servers yet"], as_json=as_json)


def checkout() -> Path:
    """Return the checkout that CAM is installed from, or the current folder if it is installed as a package."""
    folder = Path(__file__).resolve().parents[2]
    return folder if (folder / "pyproject.toml").is_file() else Path.cwd()


def _rows() -> list[dict[str, object]]:
    return [_row(server) for server in server_status(checkout())]


def _row(server: ServerStatus) -> dict[str, object]:
    return asdict(server) | {"log": str(server.log), "running": server.pid is not None}


def _running() -> Servers:
    site = find_site(checkout())
    if site is None or all(server.pid is None for server in server_status(checkout())):
        raise CamError("the private servers are not running: cam servers start")
    return addresses(site)
