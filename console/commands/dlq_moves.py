"""`cam dlq replay`: what takes letters out of the dead letters. The commands are hung up in `console.commands.dlq`."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from sqlalchemy import Engine

from console.access import opened
from console.letters import audit, reports
from console.letters import options as by
from console.letters.plan import Plan, choose
from console.letters.replaying import Manner, Replay, Report
from console.letters.stopping import stoppable
from console.output import Json, notices, show
from shared.clock import utc_now
from shared.errors import CamError
from shared.settings import Settings, load

_INTERRUPTED = 130
Rate = Annotated[float | None, typer.Option(min=0.1, help="Events a second at most.", show_default=False)]
Largest = Annotated[int, typer.Option(min=1, max=5000, help="The largest batch: 1, 2, 5, 10, … up to this.")]
Wait = Annotated[float, typer.Option(min=1, max=86_400, help="Seconds to wait for the results of each batch.")]


def replay(
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
    rate: Rate = None,
    largest: Largest = 1000,
    wait: Wait = 60,
    reason: by.Why = "",
    operator: by.By = "",
    dry_run: by.DryRun = False,
    as_json: Json = False,
) -> None:
    """Give dead letters back to their service, in growing batches, and tell what became of each event.

    Each group of letters that failed alike grows for itself (1, 2, 5, 10, …) and stops when one fails again.
    Each event is done (its service committed it), or failed again (it is a dead letter once more), or still
    trying. Ctrl-C stops in order: nothing is lost. Status 0 if all are done, 1 if not.

    Example: cam dlq replay --group 9c1f03ab --rate 50 --reason "classifier mended"
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
    settings = load(Settings)
    amqp_url, remembered = settings.amqp_url.get_secret_value(), utc_now() - timedelta(days=settings.keep_handled_days)
    manner = Manner(rate, largest, wait)
    plan = choose(amqp_url, wanted, everything=everything, since=remembered)
    results = {each.id: audit.LEFT if each.key is not None else audit.BREAKS_CONTRACT for each in plan.letters}
    if dry_run:
        show(reports.plan_data(plan, results), reports.plan_told(plan, manner.batch, utc_now()), as_json=as_json)
        return
    action = audit.Action("replay", audit.operator(operator), reason, wanted.as_json())
    with opened() as engine:
        report = carried_out(amqp_url, engine, plan, results, action=action, manner=manner)
    show(reports.report_data(plan, report), reports.report_told(plan, report), as_json=as_json)
    if report.count(audit.DONE) < len(plan.letters):
        raise typer.Exit(_INTERRUPTED if report.end_reason == audit.STOPPED else 1)


def carried_out(
    amqp_url: str, engine: Engine, plan: Plan, results: dict[str, str], *, action: audit.Action, manner: Manner
) -> Report:
    """Carry a plan out, written down from the beginning to the end; return what became of each letter."""
    with stoppable() as stop, audit.alone(engine):
        report = Report(action.kind, audit.begin(engine, action, len(plan.letters)), results)
        try:
            with _progress(report, len(plan.letters)) as on_result:
                Replay(amqp_url, engine, manner, stop, report, on_result).run(plan)
        except BaseException as error:
            notices().print(f"{report.kind} {report.number} broke off: {reports.counts(report)}")
            with suppress(CamError):
                audit.end(engine, report.number, f"broke off: {error}"[:500])
            raise
        audit.end(engine, report.number, report.end_reason)
    return report


@contextmanager
def _progress(report: Report, total: int) -> Iterator[Callable[[Report], None]]:
    """Show a bar on a terminal; elsewhere a line for each batch would only be noise in a log."""
    console = notices()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(f"{report.kind} {report.number}", total=total)

        def on_result(report: Report) -> None:
            decided = report.count(audit.DONE) + report.count(audit.FAILED_AGAIN)
            progress.update(task, completed=decided, description=reports.counts(report))

        yield on_result
