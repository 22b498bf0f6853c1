"""A classifier service whose process dies whenever it handles the reply with the given number."""

import os
import sys
from collections.abc import Sequence

from shared.events import Envelope, ReplyReceived
from shared.unit_of_work import UnitOfWork
from tests.messaging.programs import run_classifier


def handle(events: Sequence[Envelope[ReplyReceived]], uow: UnitOfWork) -> None:
    """Handle a batch, unless the deadly event is in it."""
    if any(event.data.inbound_email_id == int(sys.argv[1]) for event in events):
        os._exit(9)
    with uow.begin() as tx:
        tx.fresh(events)


if __name__ == "__main__":
    run_classifier(handle)
