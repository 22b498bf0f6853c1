"""Poison is isolated: a hundred events that nobody can handle and ten that kill their process, among many good ones."""

from collections.abc import Sequence
from itertools import islice

from sqlalchemy import text

from chaos import broker
from chaos.arena import Arena
from chaos.poisons import KILLED, Poison, killer, poisons
from shared.database import transaction
from shared.errors import OutageError
from shared.messaging.suspects import RETURNS, STARTS
from shared.messaging.topology import RETRY_SECONDS, SUBSCRIPTIONS

POISONS = 100
AMONG = 10_000
KILLERS = 10
FEWEST = 4
PATIENCE_SECONDS = 300.0
# The first steps of the ladder pass by themselves; from the longer ones (30 s to 30 min) events are fetched early.
_LONG_STEPS = [(each.retry(seconds), each.queue) for each in SUBSCRIPTIONS for seconds in RETRY_SECONDS if seconds > 5]  # noqa: PLR2004 - seconds
_ROWS = text("SELECT event_id, reason, attempts FROM dead_letters")


def play(arena: Arena) -> None:
    """Mix poison into the load, one killer after the other, and see who was put away, why, and after how much."""
    arena.begin()
    number = max(FEWEST, min(POISONS, round(POISONS * arena.dose.events / AMONG)))
    killers = arena.dose.times(KILLERS)
    waiting, given = poisons(number, arena.now()), list[Poison]()
    for strike in arena.strikes(killers, last=0.7):
        given += [_give(arena, each) for each in islice(waiting, -(-number // killers))]
        given.append(_give(arena, killer(strike, arena.now())))
    arena.happens(lambda: _put_away(arena).keys() >= {each.identity for each in given}, PATIENCE_SECONDS)
    deaths = arena.fleet.exits()
    arena.figures |= {"poison": number, "killers": killers, "process_deaths": deaths}
    arena.broken += differences(given, _put_away(arena))
    if not killers * STARTS <= deaths <= killers * (RETURNS + STARTS):
        arena.broken.append(f"{killers} killers ended {deaths} processes")
    if not arena.broken:
        # The judge calls every dead letter a loss; those of innocents stay for it to see.
        arena.cam("dlq", "discard", "--all", "--yes", "--reason", "given on purpose")


def _give(arena: Arena, poison: Poison) -> Poison:
    if poison.reason == KILLED:
        arena.order(poison.service, f"before_handler.{poison.identity}")
    where = arena.machines.addresses.management_url, arena.stage.amqp_url
    broker.publish(*where, event_type=poison.event_type, identity=poison.identity, body=poison.body)
    return poison


def _put_away(arena: Arena) -> dict[str, set[tuple[str, int]]]:
    """Return reason and attempts of each dead letter's event; hurry the events that wait for their next attempt."""
    try:
        for waits, works in _LONG_STEPS:
            broker.move(arena.machines.addresses.management_url, arena.stage.amqp_url, waits, to=works)
    except OutageError as error:
        arena.say(str(error))
    found: dict[str, set[tuple[str, int]]] = {}
    with transaction(arena.witness.engine) as connection:
        for event_id, reason, attempts in connection.execute(_ROWS):
            found.setdefault(str(event_id), set()).add((str(reason), int(attempts)))
    return found


def differences(given: Sequence[Poison], found: dict[str, set[tuple[str, int]]]) -> list[str]:
    """Return what was put away otherwise than it had to be: innocents, poison for another reason, poison left out."""
    wanted = {each.identity: {(each.reason, each.attempts)} for each in given}
    wrong = [
        f"{event_id} was put away as {ends}, not {wanted.get(event_id)}"
        for event_id, ends in found.items()
        if ends != wanted.get(event_id)
    ]
    return wrong + [f"{event_id} was not put away as {wanted[event_id]}" for event_id in wanted.keys() - found.keys()]
