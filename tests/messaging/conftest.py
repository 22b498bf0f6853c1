"""A broker with the whole topology, for each test its own."""

import pytest

from shared.messaging import topology


@pytest.fixture
def broker_url(amqp_url: str) -> str:
    """Return the URL of a broker on which the topology is set up."""
    topology.set_up(amqp_url)
    return amqp_url
