"""`cam up`: all services in one terminal."""

import os
import signal
import threading
from typing import Annotated

import typer

from console.lines import JsonLines, LinePrinter
from console.output import Json
from console.processes import ServiceProcesses, chosen, metrics_ports, scaled
from console.readiness import check
from shared.errors import ConfigurationError
from shared.settings import Settings, load

POLL_SECONDS = 0.2
LAST_PORT = 65_535

app = typer.Typer(add_completion=False, context_settings={"help_option_names": ["-h", "--help"]})


@app.command()
def up(
    *,
    scale: Annotated[list[str], typer.Option(help="SERVICE=NUMBER of instances; may be given again.")] = [],  # noqa: B006 - typer reads it and never changes it
    only: Annotated[str, typer.Option(help="Only these services, with commas between.")] = "",
    as_json: Json = False,
) -> None:
    """Run all five services in this terminal; Ctrl-C drains them (10 seconds at most).

    Example: cam up --scale classifier=2
    """
    services, numbers = chosen(only), scaled(scale)
    check(services)
    settings = load(Settings)
    first = str(settings.metrics_port)
    ports = metrics_ports(first, services, numbers)
    if max(ports.values(), default=0) > LAST_PORT:
        raise ConfigurationError(f"AICMO_METRICS_PORT: {first} and those after it are no {len(ports)} ports")
    over = stopping()
    say = JsonLines(over.set) if as_json else LinePrinter(over.set)
    processes = ServiceProcesses(os.environ | {"AICMO_METRICS_PORT": first}, services, numbers, on_line=say)
    for name, port in ports.items():
        say("cam", f"metrics of {name}: http://{settings.metrics_address}:{port}/metrics")
    try:
        processes.start()
        while not over.wait(POLL_SECONDS):
            processes.poll()
        say("cam", "draining")
    finally:
        statuses = processes.stop()
    failed = sorted(name for name, status in statuses.items() if status != 0)
    say("cam", f"did not end well: {', '.join(failed)}" if failed else "all services have drained")
    raise typer.Exit(1 if failed else 0)


def stopping() -> threading.Event:
    """Return what is set when somebody asks this process to end (Ctrl-C, SIGTERM)."""
    over = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: over.set())
    return over
