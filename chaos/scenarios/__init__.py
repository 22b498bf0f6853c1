"""The scenarios, one file each: what the promise is, and how it is put to the test."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from chaos.arena import Arena
from chaos.scenarios import (
    broker_kills,
    database_kills,
    dead_consumers,
    fault_points,
    frozen_workers,
    lost_connections,
    network,
    outage,
    poison,
    quiet,
    rolling_restarts,
    scaling,
    service_kills,
)


@dataclass(frozen=True, slots=True)
class Scenario:
    """One promise under attack; `linked` asks for proxies before all servers, `settings` for other ones."""

    promise: str
    play: Callable[[Arena], None]
    linked: bool = False
    settings: Mapping[str, str] = field(default_factory=dict)


SCENARIOS: Mapping[str, Scenario] = {
    "quiet": Scenario("nothing is done to it at all", quiet.play),
    "service_kills": Scenario("any service may die anywhere", service_kills.play),
    "fault_points": Scenario("any service may die at the worst moment", fault_points.play),
    "broker_kills": Scenario("the broker may die", broker_kills.play),
    "database_kills": Scenario("the database may die", database_kills.play),
    "network": Scenario("the network may lie", network.play, linked=True),
    "frozen_workers": Scenario("a frozen worker does no harm", frozen_workers.play),
    "lost_connections": Scenario("a connection lost in mid-handler does no harm", lost_connections.play),
    "poison": Scenario("poison is isolated", poison.play),
    "outage": Scenario("an outage floods nothing", outage.play, linked=True, settings=outage.SETTINGS),
    "dead_consumers": Scenario("a dead consumer is seen", dead_consumers.play, settings=dead_consumers.SETTINGS),
    "scaling": Scenario("scaling is safe", scaling.play),
    "rolling_restarts": Scenario("stopping is clean", rolling_restarts.play),
}
