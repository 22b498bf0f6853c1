"""A classifier service that is killed in the middle of whatever it handles first, in so many lives as a file says."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from shared.events import Envelope, ReplyReceived
from shared.unit_of_work import UnitOfWork
from tests.messaging.programs import run_classifier


def handle(events: Sequence[Envelope[ReplyReceived]], uow: UnitOfWork) -> None:
    """Handle a batch, or die of something that has nothing to do with it."""
    lives = Path(sys.argv[1])
    left = int(lives.read_text(encoding="ascii"))
    if left:
        lives.write_text(str(left - 1), encoding="ascii")
        os._exit(9)
    with uow.begin() as tx:
        tx.fresh(events)


if __name__ == "__main__":
    run_classifier(handle)
