"""Tells a human that queues were gone: what waited in them is gone as well, and only a human knows why."""

from collections.abc import Sequence

from shared.events import AlertRequested
from shared.unit_of_work import UnitOfWork


def tell_of_restored(uow: UnitOfWork, queues: Sequence[str]) -> None:
    """Ask for one alert for each queue that had to be declared again, at most one in a minute."""
    with uow.begin() as tx:
        for queue in queues:
            tx.emit(
                AlertRequested(
                    alert_type="QUEUE_RESTORED",
                    subject=f"{queue}/{tx.clock():%Y-%m-%dT%H:%M}",
                    title=f"Queue {queue} was gone and has been declared again",
                    message="Somebody deleted it while its service was running. Events that waited in it are gone."
                    " What was not yet published, or not finished, is not.",
                )
            )
