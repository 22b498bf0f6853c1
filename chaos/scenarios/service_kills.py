"""Any service may die anywhere: SIGKILL ten times for each service, at random moments under load."""

from functools import partial

from chaos.arena import Arena
from console.processes import ALL

KILLS_EACH = 10
RESTART_SECONDS = 10.0


def play(arena: Arena) -> None:
    """Kill the services in a random order, as often as the dose says."""
    arena.begin({"sender": 2})
    victims = list(ALL) * arena.dose.times(KILLS_EACH)
    arena.random.shuffle(victims)
    for strike in arena.strikes(len(victims)):
        victim = victims[strike - 1]
        arena.until(partial(arena.fleet.kill, victim), RESTART_SECONDS, f"a {victim} to kill")
    arena.figures["kills"] = arena.fleet.kills
    arena.killed_senders = victims.count("sender")
