"""Stopping is clean: twenty rolling restarts under load; nobody dawdles, and nothing is delivered a second time."""

from chaos.arena import AWAKE_SECONDS, Arena
from chaos.broker import STATISTICS_SECONDS, redelivered
from chaos.fleet import Replica
from console.processes import ALL

RESTARTS = 20
REPLICAS = 2
EXIT_SECONDS = 10.0


def play(arena: Arena) -> None:
    """Restart both replicas of a service, one after the other (SIGTERM); then the next service, as often as needed."""
    arena.begin(dict.fromkeys(ALL, REPLICAS))
    ended: list[tuple[str, int, float]] = []
    for strike in arena.strikes(arena.dose.times(RESTARTS)):
        ended += [(replica.name, *_restart(arena, replica)) for replica in arena.fleet.of(ALL[strike % len(ALL)])]
    arena.figures["clean_stops"] = len(ended)
    arena.figures["longest_exit_seconds"] = round(max(seconds for _, _, seconds in ended), 1)
    arena.broken += [
        f"{name} ended with status {status} after {seconds:.1f} s"
        for name, status, seconds in ended
        if status != 0 or seconds > EXIT_SECONDS
    ]
    _count_redeliveries(arena)


def _restart(arena: Arena, replica: Replica) -> tuple[int, float]:
    """Return status and seconds of the stop, when the new process is awake and its colleague may go."""
    ended = arena.fleet.restart(replica, EXIT_SECONDS)
    everybody = len(ALL) * REPLICAS
    arena.until(lambda: arena.witness.awake() >= everybody, AWAKE_SECONDS, f"{replica.name} is awake again")
    return ended


def _count_redeliveries(arena: Arena) -> None:
    """Ask the broker what it gave out twice; nobody died and no connection broke, so clean stops would be the cause."""
    arena.wait(STATISTICS_SECONDS)
    again = redelivered(arena.machines.addresses.management_url, arena.stage.amqp_url)
    arena.figures["redelivered"] = sum(again.values())
    arena.broken += [f"{queue} delivered {number} events a second time" for queue, number in again.items() if number]
    if exits := arena.fleet.exits():
        arena.broken.append(f"services gave up {exits} times although they were only told to stop")
