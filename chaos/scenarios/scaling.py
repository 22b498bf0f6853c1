"""Scaling is safe: each service goes from one to four and back to one, five times, while the load passes."""

from chaos.arena import AWAKE_SECONDS, ONE_OF_EACH, Arena
from console.processes import ALL

ROUNDS = 5
MANY = 4
LONGEST_STAY_SECONDS = 3.0
EXIT_SECONDS = 10.0


def play(arena: Arena) -> None:
    """Scale one service after the other, in a random order, and let them work side by side for a moment."""
    arena.begin()
    turns = list(ALL) * arena.dose.times(ROUNDS)
    arena.random.shuffle(turns)
    exits = [_up_and_down(arena, turns[strike - 1]) for strike in arena.strikes(len(turns))]
    arena.figures["scaled_up_and_down"] = len(exits)
    drained = [each for some in exits for each in some]
    arena.figures["longest_exit_seconds"] = round(max(seconds for _, seconds in drained), 1)
    arena.broken += [
        f"a replica that was scaled away ended with status {status} after {seconds:.1f} s"
        for status, seconds in drained
        if status != 0 or seconds > EXIT_SECONDS
    ]
    if given_up := arena.fleet.exits():
        arena.broken.append(f"services gave up {given_up} times although nothing was done to them")


def _up_and_down(arena: Arena, service: str) -> list[tuple[int, float]]:
    """Return status and seconds of each replica that was drained."""
    arena.fleet.scale(service, MANY)
    everybody = sum(ONE_OF_EACH.values()) - 1 + MANY
    arena.until(lambda: arena.witness.awake() >= everybody, AWAKE_SECONDS, f"{MANY} of {service} are awake")
    arena.wait(arena.random.uniform(0, LONGEST_STAY_SECONDS))
    return arena.fleet.scale(service, 1)
