"""A classifier service whose process dies whenever it handles the reply with the given number."""

import os
import sys
from collections.abc import Sequence

from shared.database import open_engine
from shared.events import Envelope, ReplyReceived
from shared.messaging.runtime import Service, launch
from shared.settings import Settings, load
from shared.unit_of_work import UnitOfWork


def handle(events: Sequence[Envelope[ReplyReceived]], uow: UnitOfWork) -> None:
    """Handle a batch, unless the deadly event is in it."""
    if any(event.data.inbound_email_id == int(sys.argv[1]) for event in events):
        os._exit(9)
    with uow.begin() as tx:
        tx.fresh(events)


def build() -> Service:
    """Build the service from the environment."""
    settings = load(Settings)
    engine = open_engine(settings.database_url.get_secret_value(), role="cam_classifier")
    return Service("classifier", settings, engine, {ReplyReceived: handle})


if __name__ == "__main__":
    sys.exit(launch("classifier", build))
