"""A connection that is lost is noticed and made anew, also by a service that consumes nothing."""

from datetime import datetime

from sqlalchemy import Engine, select

from shared.clock import utc_now
from shared.tables import heartbeats
from tests.messaging.harness import Recorder, running
from tests.messaging.test_losses import close_connections
from tests.servers import Broker
from tests.waiting import eventually


def verified_at(engine: Engine) -> datetime | None:
    """Return when the broker confirmed the service last."""
    with engine.connect() as connection:
        found: datetime | None = connection.scalar(select(heartbeats.c.broker_verified_at))
        return found


def test_a_service_without_subscriptions_connects_again_when_its_connections_were_closed(
    engine: Engine, broker: Broker, broker_url: str
) -> None:
    with running(engine, broker_url, Recorder(), name="sender"):
        eventually(lambda: verified_at(engine))
        eventually(lambda: close_connections(broker, broker_url) >= 2)
        # The broker takes a moment to close what it was told to.
        closed = utc_now()
        eventually(lambda: (verified_at(engine) or closed) > closed, deadline_seconds=20)
        again = utc_now()
        eventually(lambda: (verified_at(engine) or again) > again, deadline_seconds=20)
