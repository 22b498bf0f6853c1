"""A classifier service that is killed in the middle of whatever it handles first, in so many lives as a file says."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from shared.database import open_engine
from shared.events import Envelope, ReplyReceived
from shared.messaging.runtime import Service, launch
from shared.settings import Settings, load
from shared.unit_of_work import UnitOfWork


def handle(events: Sequence[Envelope[ReplyReceived]], uow: UnitOfWork) -> None:
    """Handle a batch, or die of something that has nothing to do with it."""
    lives = Path(sys.argv[1])
    left = int(lives.read_text(encoding="ascii"))
    if left:
        lives.write_text(str(left - 1), encoding="ascii")
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
