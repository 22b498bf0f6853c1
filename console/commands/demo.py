"""`cam demo`: the whole system against a pretend internet, and a verdict on every promise."""

import tempfile
import time
from pathlib import Path
from typing import Annotated

import typer

from console.commands.up import stopping
from console.output import Json, notices, people, show
from console.theatre import Plan, external, private
from demo.campaign import LONGEST_DAYS
from demo.run import follow, verdict
from demo.screen import Screen, ending
from demo.summary import Summary
from shared.errors import ConfigurationError
from shared.settings import Settings, load

SEED = 7
DAY_SECONDS = 2.0
# What a run needs besides its campaign's days: waking up, looking twice, a slow machine.
SPARE_SECONDS = 40.0
SECONDS_A_LEAD = 0.1

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command()
def demo(
    *,
    leads: Annotated[int, typer.Option(min=1, max=20_000, help="How many prospects.")] = 60,
    seed: Annotated[int | None, typer.Option(help="Other prospects, other phrasings.")] = None,
    ends: Annotated[bool, typer.Option("--exit", help="End when everything has been said.")] = False,
    as_json: Json = False,
    day_seconds: Annotated[float, typer.Option(min=0.5, max=86_400, help="How long a day lasts.")] = DAY_SECONDS,
    keep: Annotated[bool, typer.Option("--keep", help="Keep servers, database and logs afterwards.")] = False,
    outside: Annotated[
        bool, typer.Option("--external", help="Use servers and services that run already, and the length of their day.")
    ] = False,
) -> None:
    """Run a campaign against prospects that answer; with --exit, the status is 0 only if every promise was kept.

    Example: cam demo --leads 200 --exit --json
    """
    if as_json and not ends:
        raise ConfigurationError("--json needs --exit: there is no summary before the end")
    # A database that stays remembers whom it must not write to, so that there each run has prospects of its own.
    chosen = seed if seed is not None else int(time.time()) if outside else SEED
    # Services that run already have their own length of a day, and the world must keep it.
    day = load(Settings).day_seconds if outside else day_seconds
    plan = Plan(leads, chosen, day, keep=keep, folder=Path(tempfile.mkdtemp(prefix="cam-demo-")))
    summary = _perform(plan, ends=ends, outside=outside, as_json=as_json)
    show(summary.as_json(), [ending(summary)], as_json=as_json)
    if summary.held and not keep:
        plan.sweep()
    else:
        notices().print(f"logs: {plan.folder}")
    raise typer.Exit(0 if summary.held else 1)


def _perform(plan: Plan, *, ends: bool, outside: bool, as_json: bool) -> Summary:
    over = stopping()
    say = notices().print
    deadline = SPARE_SECONDS + SECONDS_A_LEAD * plan.leads + LONGEST_DAYS * plan.day_seconds if ends else None
    # With --json, standard output holds nothing else, so that people watch on standard error.
    console = notices() if as_json else people()
    with (external if outside else private)(plan, say) as theatre:
        with Screen(console) as screen:
            end = follow(theatre.play, screen, over, deadline_seconds=deadline)
        say("draining and judging")
        return verdict(end, theatre.close(), without=theatre.unseen)
