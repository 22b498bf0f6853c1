"""The scenarios, one file each: what the promise is, and how it is put to the test."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from chaos.arena import Arena
from chaos.scenarios import (
    broker_kills,
    database_kills,
    fault_points,
    frozen_workers,
    network,
    quiet,
    service_kills,
)


@dataclass(frozen=True, slots=True)
class Scenario:
    """One promise under attack; `linked` asks for proxies before all servers."""

    promise: str
    play: Callable[[Arena], None]
    linked: bool = False


SCENARIOS: Mapping[str, Scenario] = {
    "quiet": Scenario("nothing is done to it at all", quiet.play),
    "service_kills": Scenario("any service may die anywhere", service_kills.play),
    "fault_points": Scenario("any service may die at the worst moment", fault_points.play),
    "broker_kills": Scenario("the broker may die", broker_kills.play),
    "database_kills": Scenario("the database may die", database_kills.play),
    "network": Scenario("the network may lie", network.play, linked=True),
    "frozen_workers": Scenario("a frozen worker does no harm", frozen_workers.play),
}
