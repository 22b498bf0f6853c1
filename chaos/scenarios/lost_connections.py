"""A connection lost in mid-handler does no harm: the broker closes the connections of services that work."""

from chaos.arena import Arena
from chaos.broker import close_connections

TIMES = 50
KNOWN_SECONDS = 60.0


def play(arena: Arena) -> None:
    """Close all connections of the services under load, each time as soon as the broker's management knows of any."""
    arena.begin({"sender": 2})
    closed: list[int] = []

    def close() -> bool:
        closed.append(close_connections(arena.machines.addresses.management_url, arena.stage.amqp_url))
        return closed[-1] > 0

    for _ in arena.strikes(arena.dose.times(TIMES)):
        arena.until(close, KNOWN_SECONDS, "the management knows of connections")
    arena.figures["connections_closed"] = sum(closed)
    if exits := arena.fleet.exits():
        arena.broken.append(f"services gave up {exits} times instead of connecting again")
