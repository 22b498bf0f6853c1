"""A connection that is lost is noticed and made anew, also by a service that consumes nothing."""

import socketserver
import threading
from datetime import datetime

import pytest
import uvloop
from pamqp import commands, frame
from sqlalchemy import Engine, select

from shared.clock import utc_now
from shared.errors import OutageError
from shared.messaging.connection import connect
from shared.tables import heartbeats
from tests.endpoints import Broker
from tests.messaging.harness import Recorder, running
from tests.waiting import eventually

# Whether the end is read before the greeting is asked for is a matter of luck.
TRIES = 100


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
        eventually(lambda: broker.close_connections(broker_url) >= 2)
        # The broker takes a moment to close what it was told to.
        closed = utc_now()
        eventually(lambda: (verified_at(engine) or closed) > closed, deadline_seconds=20)
        again = utc_now()
        eventually(lambda: (verified_at(engine) or again) > again, deadline_seconds=20)


class HangUp(socketserver.BaseRequestHandler):
    """Says nothing."""

    def handle(self) -> None:
        """Hang up at once."""


class GreetAndHangUp(socketserver.BaseRequestHandler):
    """Begins as a broker does, and goes away before the login is answered."""

    def handle(self) -> None:
        """Send Connection.Start, read the answer, hang up."""
        self.request.recv(8)
        start = commands.Connection.Start(server_properties={}, mechanisms="PLAIN", locales="en_US")
        self.request.sendall(frame.marshal(start, 0))
        self.request.recv(4096)


@pytest.mark.parametrize("answer", [HangUp, GreetAndHangUp])
def test_a_port_that_answers_for_a_broker_that_is_away_is_an_outage(
    answer: type[socketserver.BaseRequestHandler],
) -> None:
    async def try_often(port: int) -> None:
        for _ in range(TRIES):
            with pytest.raises(OutageError):
                await connect(f"amqp://127.0.0.1:{port}/", "nobody", patience_seconds=0)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), answer) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        uvloop.run(try_often(server.server_address[1]))
        server.shutdown()
