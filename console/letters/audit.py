"""What is written down of replays, edits and discards: who, when, why, which letters, and what became of each."""

import getpass
import socket
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from console.letters.plan import Chosen
from shared.database import transaction
from shared.errors import CamError
from shared.tables import dead_letter_actions, dead_letter_results, dead_letters, handled_events

_KEPT = timedelta(days=180)
_LOCK = 0x43414D_444C51  # "CAM" "DLQ"

DONE = "done"
FAILED_AGAIN = "failed_again"
DISCARDED = "discarded"
STILL_TRYING = "still_trying"  # under way: waiting in its queue, or on the ladder of retries
LEFT = "left"  # not touched
GONE = "gone"  # somebody else took it meanwhile
UNKNOWN = "unknown"  # its replay was killed while it was given back: still a dead letter, or under way
BREAKS_CONTRACT = "breaks_contract"  # not touched: it would come back at once

STOPPED = "stopped by the operator"


class UnderWayError(CamError):
    """Somebody else is replaying, editing or discarding dead letters."""


@dataclass(frozen=True, slots=True)
class Action:
    """What an operator is doing, and why."""

    kind: str  # replay, edit, discard
    operator: str
    reason: str
    selection: Mapping[str, object]


def operator(given: str) -> str:
    """Return who acts: what was given, or else the login and the machine."""
    return given or f"{getpass.getuser()}@{socket.gethostname()}"


@contextmanager
def alone(engine: Engine) -> Iterator[None]:
    """Let one operator at a time move dead letters; raise `UnderWayError` if another one does."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if not connection.scalar(select(func.pg_try_advisory_lock(_LOCK))):
            raise UnderWayError(f"{_other(connection)}: wait until it has ended (cam dlq history)")
        try:
            yield
        finally:
            if not connection.invalidated:
                connection.execute(select(func.pg_advisory_unlock(_LOCK)))


def _other(connection: Connection) -> str:
    of = dead_letter_actions.c
    newest = select(of.action, of.operator, of.started_at).where(of.ended_at.is_(None)).order_by(of.id.desc()).limit(1)
    row = connection.execute(newest).first()
    return f"{row.operator} is at it ({row.action} since {row.started_at:%H:%M:%S} UTC)" if row else "somebody is at it"


def begin(engine: Engine, action: Action, chosen: int) -> int:
    """Write down that an action begins, forget those of long ago, and return its number."""
    row = {
        "action": action.kind,
        "operator": action.operator[:200],
        "reason": action.reason[:2000],
        "selection": dict(action.selection),
        "chosen": chosen,
    }
    old = dead_letter_actions.c.started_at < func.now() - _KEPT
    with transaction(engine) as connection:
        connection.execute(delete(dead_letter_actions).where(old))
        written = connection.execute(insert(dead_letter_actions).values(row).returning(dead_letter_actions.c.id))
        return int(written.scalar_one())


def end(engine: Engine, number: int, reason: str | None) -> None:
    """Write down that an action ended; `reason` says why before all was done."""
    statement = update(dead_letter_actions).where(dead_letter_actions.c.id == number)
    with transaction(engine) as connection:
        connection.execute(statement.values(ended_at=func.now(), end_reason=reason))


def intend(engine: Engine, number: int, letters: Sequence[Chosen]) -> None:
    """Write down that these letters are about to be given back."""
    rows = [
        {
            "action_id": number,
            "letter_id": letter.id,
            "queue": letter.queue,
            "event_id": letter.event_id,
            "idempotency_key": letter.key,
        }
        for letter in letters
    ]
    with transaction(engine) as connection:
        connection.execute(insert(dead_letter_results).on_conflict_do_nothing(), rows)


def settle(engine: Engine, number: int, results: Mapping[str, str]) -> None:
    """Write down what became of letters."""
    of = dead_letter_results.c
    with transaction(engine) as connection:
        for result in sorted(set(results.values())):
            alike = [letter for letter, became in results.items() if became == result]
            ours = (of.action_id == number) & (of.letter_id == func.any(alike))
            connection.execute(update(dead_letter_results).where(ours).values(result=result, at=func.now()))


def resolve(engine: Engine, letters: Sequence[str], resolution: str) -> None:
    """Let nobody be told any more of letters that are none now."""
    ours = dead_letters.c.letter_id == func.any(list(letters))
    statement = update(dead_letters).where(ours, dead_letters.c.resolved_at.is_(None))
    with transaction(engine) as connection:
        connection.execute(statement.values(resolved_at=func.now(), resolution=resolution))


def resolve_missing(engine: Engine, queue: str, there: Collection[str], before: datetime) -> int:
    """Close the rows of letters of a queue that was seen whole and had them no more; return how many there were.

    Somebody moved them, for example by the management console's shovel. What was put away after `before` stays.
    """
    of = dead_letters.c
    gone = (of.queue == queue) & (of.died_at < before) & (of.letter_id != func.all(list(there)))
    statement = update(dead_letters).where(gone, of.resolved_at.is_(None))
    with transaction(engine) as connection:
        return connection.execute(statement.values(resolved_at=func.now(), resolution="moved")).rowcount


def decided(engine: Engine, number: int, letters: Sequence[Chosen]) -> dict[str, str]:
    """Return which of these letters are handled by now, by their guard rows, and which are dead letters again."""
    if not letters:
        return {}
    guard, dead = handled_events.c, dead_letters.c
    keys = [letter.key for letter in letters]
    handled = select(guard.idempotency_key).where(
        guard.consumer == letters[0].queue, guard.idempotency_key == func.any(keys)
    )
    ours = dead.replayed_letter_id == func.any([letter.id for letter in letters])
    failed = select(dead.replayed_letter_id).where(dead.replay_id == number, ours)
    with transaction(engine) as connection:
        done = set(connection.execute(handled).scalars())
        again = set(connection.execute(failed).scalars())
    found = {letter.id: FAILED_AGAIN for letter in letters if letter.id in again}
    return found | {letter.id: DONE for letter in letters if letter.key in done}
