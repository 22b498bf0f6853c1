"""Channels on which nobody answers: nothing is given up, nothing floods, and what waits leaves when they are back."""

from dataclasses import dataclass

import pytest

from services.alerter.absences import REST_SECONDS, Absences
from services.alerter.delivery import Delivery
from services.alerter.handlers import alert_requested
from services.alerter.jobs import retry_alerts
from shared.errors import OutageError
from tests.handlers.alerter.conftest import World, requested
from tests.handlers.alerter.fakes import FakeChannel

MANY = 120


@dataclass
class Stopwatch:
    """A clock that a test moves."""

    seconds: float = 0

    def __call__(self) -> float:
        """Return the time now."""
        return self.seconds


@pytest.fixture
def watch() -> Stopwatch:
    return Stopwatch()


class Absent(FakeChannel):
    """A channel that nobody answers on while it is `away`."""

    away = True
    tries = 0

    def send_alert(self, title: str, message: str, metadata: object) -> bool:
        """Meet nobody, or tell."""
        self.tries += 1
        if self.away:
            raise OutageError("nobody answers")
        return FakeChannel.send_alert(self, title, message, metadata)  # type: ignore[arg-type] # as it came


def later(world: World, watch: Stopwatch) -> None:
    """Let a rest pass."""
    watch.seconds += REST_SECONDS
    world.later(seconds=REST_SECONDS)


def test_a_channel_that_is_away_is_tried_with_one_alert_at_a_time_and_no_attempt_counts(
    world: World, watch: Stopwatch
) -> None:
    channel = Absent()
    delivery = Delivery([channel], threads=1, absences=Absences(watch))
    alert_requested([requested(str(number)) for number in range(MANY)], world.uow, delivery=delivery)
    assert channel.tries == 1
    for count in range(2, 42):
        later(world, watch)
        retry_alerts(world.uow, delivery=delivery)
        assert channel.tries == count
    channel.away = False
    later(world, watch)
    retry_alerts(world.uow, delivery=delivery)
    assert len(channel.told) == MANY
    assert all(row.sent_successfully for row in world.alerts())
    delivery.close()


def test_what_fails_after_an_absence_begins_at_the_first_step_of_the_ladder(world: World, watch: Stopwatch) -> None:
    channel = Absent()
    delivery = Delivery([channel], threads=1, absences=Absences(watch))
    alert_requested([requested("1")], world.uow, delivery=delivery)
    for _ in range(5):
        later(world, watch)
        retry_alerts(world.uow, delivery=delivery)
    channel.away, channel.refusals = False, 1
    later(world, watch)
    retry_alerts(world.uow, delivery=delivery)
    (row,) = world.alerts()
    assert (row.next_attempt_at - world.now).total_seconds() == 10
    delivery.close()


def test_the_other_channel_is_told_at_once_and_once_while_one_is_away(world: World, watch: Stopwatch) -> None:
    absent, present = Absent(name="absent"), FakeChannel(name="present")
    delivery = Delivery([absent, present], threads=1, absences=Absences(watch))
    alert_requested([requested(str(number)) for number in range(MANY)], world.uow, delivery=delivery)
    assert len(present.told) == MANY
    for _ in range(3):
        later(world, watch)
        retry_alerts(world.uow, delivery=delivery)
    assert (len(present.told), absent.tries) == (MANY, 4)
    absent.away = False
    later(world, watch)
    retry_alerts(world.uow, delivery=delivery)
    assert (len(present.told), len(absent.told)) == (MANY, MANY)
    delivery.close()
