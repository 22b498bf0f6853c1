"""The database may die: SIGKILL or immediate stop of PostgreSQL ten times under load."""

import time

from chaos.arena import Arena

KILLS = 10
WORKING_AGAIN_SECONDS = 15.0
LONGEST_ABSENCE_SECONDS = 5.0
PATIENCE_SECONDS = 60.0
SERVER = "postgres"


def play(arena: Arena) -> None:
    """Kill the database, leave it away for a moment, start it, and see every service alive again."""
    arena.begin({"sender": 2})
    recoveries = [_strike(arena, gently=strike % 2 == 0) for strike in arena.strikes(arena.dose.times(KILLS))]
    arena.figures["working_again_seconds"] = recoveries
    if exits := arena.fleet.exits():
        arena.broken.append(f"services gave up {exits} times instead of waiting for the database")
    arena.broken += [
        f"working again {seconds:.1f} s after the database answered"
        for seconds in recoveries
        if seconds > WORKING_AGAIN_SECONDS
    ]


def _strike(arena: Arena, *, gently: bool) -> float:
    arena.machines.kill(SERVER, gently=gently)
    arena.wait(arena.random.uniform(0, LONGEST_ABSENCE_SECONDS))
    arena.machines.start(SERVER)
    began = time.monotonic()
    since = arena.now()
    arena.until(lambda: arena.witness.consume(since), PATIENCE_SECONDS, "all services work")
    return round(time.monotonic() - began, 1)
