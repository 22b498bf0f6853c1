"""A watcher that fails tries again: soon where waiting spares nobody, later where a server has to recover."""

import pytest

from services.inbox import leases, watcher
from services.inbox.imap import CommandRefusedError, NobodyAnswersError, ServerAwayError
from services.inbox.leases import Lease
from services.inbox.rules import back_off
from services.inbox.watcher import Patience, Watcher
from shared.errors import CamError, OutageError
from tests.handlers.inbox.world import World

_PATIENCE = Patience(poll=60, poll_without_idle=60, idle=300, timeout=5, rest=60)
AWAY = OutageError("database: Connection refused")
UNREACHED = NobodyAnswersError("Connection refused")
HUNG_UP = ServerAwayError("hung up")
REFUSED = CommandRefusedError("FETCH: NO")


@pytest.mark.parametrize(
    ("errors", "waits"),
    [
        ([AWAY] * 8, [1, 1, 1, 1, 1, 1, 1, 1]),
        ([UNREACHED] * 8, [1, 2, 4, 5, 5, 5, 5, 5]),
        ([HUNG_UP] * 8, [1, 2, 4, 8, 16, 32, 60, 60]),
        ([REFUSED] * 8, [1, 2, 4, 8, 16, 32, 60, 60]),
        # The machine's start: what one of them took tells nothing of the next.
        ([AWAY] * 4 + [HUNG_UP] * 2, [1, 1, 1, 1, 1, 2]),
    ],
)
def test_how_long_it_waits_depends_on_who_failed(
    world: World, monkeypatch: pytest.MonkeyPatch, errors: list[CamError], waits: list[float]
) -> None:
    watching = Watcher(world.uow, Lease(1, "one", 1), _PATIENCE, 65_536)
    waited: list[float] = []

    def fail(*_: object) -> None:
        raise errors[len(waited)]

    def wait(failures: int, *, at_most: float) -> float:
        waited.append(back_off(failures, at_most=at_most))
        if len(waited) == len(waits):
            watching.halt()
        return 0

    monkeypatch.setattr(leases, "load", fail)
    monkeypatch.setattr(watcher, "back_off", wait)
    watching.start()
    watching.join(20)
    assert waited == waits
