"""What people and programs read of replays and other actions."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from rich.console import RenderableType
from rich.text import Text

from console.letters import audit
from console.letters.pages import group_rows, groups_told, next_steps, shortened
from console.letters.plan import Plan, batches
from console.letters.replaying import Report
from console.output import many, table

_RESULTS = (audit.DONE, audit.FAILED_AGAIN, audit.STILL_TRYING, audit.LEFT, audit.GONE, audit.BREAKS_CONTRACT)
_WORDS = {
    audit.DONE: "done",
    audit.FAILED_AGAIN: "failed again",
    audit.STILL_TRYING: "still trying",
    audit.LEFT: "not touched",
    audit.GONE: "gone meanwhile",
    audit.BREAKS_CONTRACT: "break their contract",
    audit.DISCARDED: "discarded",
}


def counts(report: Report) -> str:
    """Return `8 done, 1 failed again, 3 not touched`."""
    return ", ".join(f"{number:,} {_WORDS[each]}" for each in _RESULTS if (number := report.count(each))) or "nothing"


def plan_data(plan: Plan, results: Mapping[str, str]) -> dict[str, object]:
    """Return what would be done, for programs."""
    letters = [
        {"id": each.id, "event_id": each.event_id, "group": each.group, "problem": each.problem}
        for each in plan.letters
    ]
    broken = sum(each == audit.BREAKS_CONTRACT for each in results.values())
    return {
        "dry_run": True,
        "chosen": len(plan.letters),
        "breaks_contract": broken,
        "too_old": sum(each.problem is not None and each.key is not None for each in plan.letters),
        "groups": group_rows(plan.groups),
        "letters": letters,
    }


def plan_told(plan: Plan, largest: int, now: datetime) -> Iterator[RenderableType]:
    """Yield what would be done."""
    yield from groups_told(plan.groups, now, steps=False)
    for group in plan.groups:
        good = [letter for letter in plan.members(group) if letter.key is not None]
        sizes = [len(batch) for batch in batches(good, largest)]
        shown = ", ".join(map(str, sizes[:12])) + (", …" if sizes[12:] else "")
        if good:
            yield f"group {group}: {many(len(good), 'event')} in batches of {shown}"
        yield from _broken_told(plan, group)
    yield "dry run: nothing was done"


def _broken_told(plan: Plan, group: str) -> Iterator[RenderableType]:
    broken = [letter for letter in plan.members(group) if letter.problem]
    if broken:
        first = broken[0]
        words = f"{many(len(broken), 'letter')} would come back at once: {shortened(first.problem or '')}"
        yield Text(f"group {group}: {words} (cam dlq edit {first.id})", style="yellow")


def report_data(plan: Plan, report: Report) -> dict[str, object]:
    """Return what became of the letters, for programs."""
    letters = [
        {"id": each.id, "event_id": each.event_id, "group": each.group, "result": report.results[each.id]}
        for each in plan.letters
    ]
    numbers = {each: report.count(each) for each in _RESULTS}
    return {
        report.kind: report.number,
        "chosen": len(plan.letters),
        **numbers,
        "end_reason": report.end_reason,
        "letters": letters,
    }


def report_told(plan: Plan, report: Report) -> Iterator[RenderableType]:
    """Yield what became of the letters, by group, and what to do next."""
    rows = []
    for identity, group in plan.groups.items():
        became = [report.results[letter.id] for letter in plan.members(identity)]
        rows.append((identity, group.service, shortened(group.exception), *(became.count(each) for each in _RESULTS)))
    columns = ["group", "service", "exception", *(_WORDS[each] for each in _RESULTS)]
    yield table(f"{report.kind} {report.number}: {counts(report)}", columns, rows)
    for identity in plan.groups:
        yield from _broken_told(plan, identity)
    yield from next_steps(*_next(report))


def _next(report: Report) -> Sequence[str]:
    steps = []
    if report.count(audit.FAILED_AGAIN):
        steps.append("cam dlq group    (why they failed again; mend that first)")
    if report.count(audit.STILL_TRYING):
        steps.append(
            f"cam dlq history {report.number}    (what became of them; cam status shows whether the services run)"
        )
    return steps
