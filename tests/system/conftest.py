"""What the tests of running services stand on; each stops its services before their servers go."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from console.processes import ALL
from shared.messaging import topology
from tests.system.programs import STOP_SECONDS, Door, NewDoor, Team


@pytest.fixture
def broker_url(amqp_url: str) -> str:
    """Return the URL of a broker on which the topology is set up."""
    topology.set_up(amqp_url)
    return amqp_url


@pytest.fixture
def door() -> Iterator[NewDoor]:
    """Put doors before servers, closed again when the test is over."""
    made: list[Door] = []

    def make(url: str) -> Door:
        made.append(Door(url))
        return made[-1]

    yield make
    for each in made:
        each.close()


@pytest.fixture
def team(tmp_path: Path, door: NewDoor, broker_url: str) -> Iterator[Team]:
    """Start all services; whoever was started must stop in order."""
    del door, broker_url
    made = Team(tmp_path)
    yield made
    for processes in made.started:
        assert processes.stop(STOP_SECONDS) == dict.fromkeys(ALL, 0), "\n".join(map(str, made.lines))
