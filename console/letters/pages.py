"""What people and programs read of dead letters."""

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from rich.console import RenderableType
from rich.text import Text

from console.letters.groups import Group, group_of
from console.output import ago, clean, many, printable, table
from shared.errors import SchemaInvalidError
from shared.events import CONTRACTS, parse
from shared.messaging.dead_letters import Letter

_SHORT = 90


def problem(letter: Letter) -> str | None:
    """Return how a letter's body breaks its contract, or None if it does not."""
    try:
        parse(letter.body, CONTRACTS[letter.event_type])
    except SchemaInvalidError as error:
        return str(error)
    return None


def row(letter: Letter) -> dict[str, object]:
    """Return a letter for programs, without its body."""
    return {
        "id": letter.id,
        "group": group_of(letter),
        "queue": f"{letter.queue}.dlq",
        "position": letter.position,
        "service": letter.service,
        "event": letter.event_type,
        "event_id": letter.event_id,
        "reason": letter.reason,
        "exception": letter.exception,
        "line": letter.line,
        "attempts": letter.attempts,
        "first_failed_at": letter.first_failed_at,
        "last_failed_at": letter.last_failed_at,
        "failed_again_in_replay": letter.replay_id,
    }


def full(letter: Letter) -> dict[str, object]:
    """Return a letter for programs, with what it holds: `body` is JSON where it can be read as such, else text."""
    body = readable(letter.body)
    text = letter.body.decode(errors="backslashreplace")
    return row(letter) | {"breaks_contract": problem(letter), "body": text if body is None else body}


def readable(body: bytes) -> object:
    """Return JSON that can also be written again; None for anything else (a stranger may have written it)."""
    try:
        found: object = json.loads(body)
        json.dumps(found, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        return None
    return found


def listed(letters: Sequence[Letter], total: int, now: datetime) -> Iterator[RenderableType]:
    """Yield the list of letters, and what may be done next."""
    if not letters:
        yield "no dead letters" if not total else "none of them is shown"
        return
    columns = ["id", "service", "event", "why", "exception", "line", "attempts", "first", "last", "replayed"]
    rows = [
        (
            letter.id,
            letter.service,
            letter.event_type,
            letter.reason,
            shortened(letter.exception),
            letter.line,
            letter.attempts,
            ago(letter.first_failed_at, now) if letter.first_failed_at else None,
            ago(letter.last_failed_at, now) if letter.last_failed_at else None,
            f"in {letter.replay_id}" if letter.replay_id else None,
        )
        for letter in letters
    ]
    yield table(f"dead letters: {len(letters):,} of {total:,}", columns, rows)
    yield from next_steps(f"cam dlq show {letters[0].id}", "cam dlq group", f"cam dlq replay {letters[0].id}")


def groups_told(groups: Mapping[str, Group], now: datetime, *, steps: bool = True) -> Iterator[RenderableType]:
    """Yield the groups, the largest first, and with `steps` what may be done next."""
    if not groups:
        yield "no dead letters"
        return
    largest = sorted(groups.values(), key=lambda group: -group.count)
    columns = ["group", "letters", "service", "event", "exception", "line", "attempts", "oldest", "newest"]
    rows = [
        (
            group.id,
            f"{group.count:,}",
            group.service,
            group.event,
            shortened(group.exception),
            group.line,
            group.attempts,
            ago(group.first_failed_at, now) if group.first_failed_at else None,
            ago(group.last_failed_at, now) if group.last_failed_at else None,
        )
        for group in largest
    ]
    total = sum(group.count for group in largest)
    yield table(f"{many(total, 'dead letter')} in {many(len(largest), 'group')}", columns, rows)
    if steps:
        first = largest[0]
        replay = f"cam dlq replay --group {first.id}"
        yield from next_steps(f"cam dlq show {first.example}", f"{replay} --dry-run", replay)


def group_rows(groups: Mapping[str, Group]) -> list[dict[str, object]]:
    """Return the groups for programs, the largest first."""
    return [
        asdict(group) | {"queue": f"{group.queue}.dlq"} for group in sorted(groups.values(), key=lambda one: -one.count)
    ]


def shown(letter: Letter) -> Iterator[RenderableType]:
    """Yield all that there is to know about one letter."""
    for name, value in full(letter).items():
        if name == "body":
            continue
        if value not in {None, ""}:
            yield Text.assemble((f"{name.replace('_', ' '):<24}", "dim"), clean(str(value)))
    yield ""
    yield from _body(letter)
    broken = problem(letter) is not None
    yield from next_steps(f"cam dlq {'edit' if broken else 'replay'} {letter.id}", f"cam dlq discard {letter.id}")


def _body(letter: Letter) -> Iterator[RenderableType]:
    body = readable(letter.body)
    text = json.dumps(body, indent=2, ensure_ascii=False) if body else letter.body.decode(errors="backslashreplace")
    for line in text.splitlines():
        yield Text(printable(line))


def next_steps(*commands: str) -> Iterator[RenderableType]:
    """Yield the commands that one would type next."""
    if commands:
        yield ""
    for command in commands:
        yield Text.assemble(("next: ", "dim"), command)


def shortened(text: str) -> str:
    """Return a text that leaves room for other columns."""
    flat = clean(text)
    return flat if len(flat) <= _SHORT else flat[: _SHORT - 1] + "…"


def lines(letters: Iterable[Letter]) -> Iterator[str]:
    """Yield each letter as one line of JSON."""
    for letter in letters:
        yield json.dumps(full(letter), default=_plain, ensure_ascii=False) + "\n"


def append(file: Path, letters: Iterable[Letter]) -> None:
    """Add letters to a file, safe on the disk before anything else happens to them."""
    with file.open("a", encoding="utf-8") as opened:
        opened.writelines(lines(letters))
        opened.flush()
        os.fsync(opened.fileno())


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
