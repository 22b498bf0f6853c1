"""The broker may die: SIGKILL to RabbitMQ ten times under load; nobody restarts a service by hand."""

from chaos.arena import Arena

KILLS = 10
CONSUMING_AGAIN_SECONDS = 15.0
LONGEST_ABSENCE_SECONDS = 5.0
PATIENCE_SECONDS = 60.0
SERVER = "rabbitmq"


def play(arena: Arena) -> None:
    """Kill the broker, leave it away for a moment, start it, and see every service consume again."""
    arena.begin({"sender": 2})
    recoveries = [_strike(arena) for _ in arena.strikes(arena.dose.times(KILLS))]
    arena.figures["consuming_again_seconds"] = recoveries
    if exits := arena.fleet.exits():
        arena.broken.append(f"services gave up {exits} times instead of waiting for the broker")
    arena.broken += [
        f"consuming again {seconds:.1f} s after the broker's port opened"
        for seconds in recoveries
        if seconds > CONSUMING_AGAIN_SECONDS
    ]


def _strike(arena: Arena) -> float:
    arena.machines.kill(SERVER)
    arena.wait(arena.random.uniform(0, LONGEST_ABSENCE_SECONDS))
    arena.machines.start(SERVER)
    since = arena.now()
    return round(arena.until(lambda: arena.witness.consume(since), PATIENCE_SECONDS, "all services consume"), 1)
