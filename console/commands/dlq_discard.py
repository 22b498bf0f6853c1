"""`cam dlq discard`: letters that nobody needs any more."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import Engine

from console.access import opened
from console.letters import audit, pages
from console.letters import options as by
from console.letters.plan import Chosen, Plan, choose, subscription
from console.letters.stopping import Stop, stoppable
from console.output import Json, many, people, show
from shared.clock import utc_now
from shared.errors import ConfigurationError
from shared.messaging.dead_letters import Letter, Order
from shared.messaging.dead_letters import discard as take_out
from shared.settings import Settings, load

_INTERRUPTED = 130
Yes = Annotated[bool, typer.Option("--yes", help="Don't ask.")]
Keep = Annotated[Path | None, typer.Option("--keep", help="First write them to this new file.", show_default=False)]


def discard(
    ids: by.Ids = None,
    *,
    group: by.Group = "",
    service: by.Service = "",
    event: by.EventType = "",
    exception: by.Exception_ = "",
    why: by.Reason = "",
    since: by.Since = "",
    until: by.Until = "",
    number: by.Number = None,
    everything: by.Everything = False,
    keep: Keep = None,
    reason: by.Why = "",
    operator: by.By = "",
    dry_run: by.DryRun = False,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Take dead letters away for good; asks first. --keep writes them to a file as `cam dlq export` does.

    Example: cam dlq discard --group 9c1f03ab --keep discarded.jsonl --reason "test data"
    """
    wanted = by.selection(
        ids=ids,
        group=group,
        service=service,
        event=event,
        exception=exception,
        why=why,
        since=since,
        until=until,
        number=number,
    )
    amqp_url = load(Settings).amqp_url.get_secret_value()
    plan = choose(amqp_url, wanted, everything=everything)
    if dry_run:
        told = [*pages.groups_told(plan.groups, utc_now(), steps=False), "dry run: nothing was done"]
        show(
            {"dry_run": True, "chosen": len(plan.letters), "groups": pages.group_rows(plan.groups)},
            told,
            as_json=as_json,
        )
        return
    if not yes:
        _ask(plan, as_json=as_json)
    if keep and keep.exists():
        raise ConfigurationError(f"{keep}: exists already")
    action = audit.Action("discard", audit.operator(operator), reason, wanted.as_json())
    with opened() as engine, audit.alone(engine), stoppable() as stop:
        done = Discarding(amqp_url, engine, audit.begin(engine, action, len(plan.letters)), keep, stop).run(plan)
    report = {"discard": done.number, "chosen": len(plan.letters), "discarded": done.count, "file": keep}
    show(report, [f"{many(done.count, 'letter')} discarded" + (f", kept in {keep}" if keep else "")], as_json=as_json)
    if done.count < len(plan.letters):
        raise typer.Exit(_INTERRUPTED if stop.asked else 1)


def _ask(plan: Plan, *, as_json: bool) -> None:
    if as_json or not sys.stdin.isatty():
        raise ConfigurationError("discarding can't be undone: say --yes (and --keep FILE, to have them at hand)")
    console = people()
    for part in pages.groups_told(plan.groups, utc_now(), steps=False):
        console.print(part)
    typer.confirm(f"Discard {many(len(plan.letters), 'letter')} for good?", abort=True)


class Discarding:
    """One discard: each letter is written down, and kept if wished, before it is taken out."""

    def __init__(self, amqp_url: str, engine: Engine, number: int, keep: Path | None, stop: Stop) -> None:
        self.number = number
        self.count = 0
        self._amqp_url = amqp_url
        self._engine = engine
        self._keep = keep
        self._stop = stop
        self._chosen: dict[str, Chosen] = {}

    def run(self, plan: Plan) -> "Discarding":
        """Discard all letters of a plan, or as many as come before a stop."""
        self._chosen = {letter.id: letter for letter in plan.letters}
        for queue, letters in plan.queues().items():
            if not self._stop.asked:
                take_out(self._amqp_url, Order(subscription(queue), letters, stopped=self._stop), told=self._note)
        audit.end(self._engine, self.number, audit.STOPPED if self._stop.asked else None)
        return self

    def _note(self, letters: Sequence[Letter]) -> None:
        if self._keep:
            pages.append(self._keep, letters)
        audit.intend(self._engine, self.number, [self._chosen[letter.id] for letter in letters])
        audit.settle(self._engine, self.number, {letter.id: audit.DISCARDED for letter in letters})
        audit.resolve(self._engine, [letter.id for letter in letters], "discard")
        self.count += len(letters)
