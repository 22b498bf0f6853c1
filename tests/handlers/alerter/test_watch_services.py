"""The watch over the other services: it needs the database alone."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from services.alerter.delivery import Delivery
from services.alerter.jobs import Attention, retry_alerts, watch_services
from shared.tables import dead_letters, heartbeats
from tests.handlers.alerter.conftest import World
from tests.handlers.alerter.fakes import FakeChannel

TTL = timedelta(minutes=5)
GRACE = timedelta(seconds=30)


@pytest.fixture
def look(world: World, delivery: Delivery) -> "Look":
    return Look(world, delivery)


class Look:
    """A watch that goes on, ten seconds after ten seconds."""

    def __init__(self, world: World, delivery: Delivery) -> None:
        self._world = world
        self._delivery = delivery
        self._attention = Attention(GRACE)

    def once(self) -> None:
        """Look once."""
        watch_services(self._world.uow, delivery=self._delivery, ttl=TTL, attention=self._attention)

    def steadily(self) -> None:
        """Look until the watch may judge."""
        for _ in range(4):
            self.once()
            self._world.later(seconds=10)


def a_dead_letter(world: World, queue: str, reason: str = "permanent") -> None:
    world.insert(dead_letters, service="x", queue=queue, reason=reason, died_at=world.now)


def test_a_silent_service_is_marked_dead_and_a_human_is_told(world: World, look: Look, channel: FakeChannel) -> None:
    world.heartbeat("sender", silent_for=timedelta(minutes=6))
    look.steadily()
    assert world.value(heartbeats, "status") == "DEAD"
    assert channel.titles == ["Service sender is silent (host/sender/360)"]
    assert "NO other instance" in channel.told[0][1]


def test_a_service_that_shows_signs_of_life_is_left_alone(world: World, look: Look, channel: FakeChannel) -> None:
    world.heartbeat("sender", silent_for=timedelta(minutes=4))
    world.heartbeat("inbox", silent_for=timedelta(minutes=6), status="STOPPED")
    look.steadily()
    assert [world.value(heartbeats, "status", number) for number in (1, 2)] == ["RUNNING", "STOPPED"]
    assert channel.told == []


def test_a_human_is_told_at_once_of_a_service_that_gave_up_and_why(
    world: World, look: Look, channel: FakeChannel
) -> None:
    world.heartbeat("sender", silent_for=timedelta(seconds=3), status="DEAD")
    with world.owner.begin() as connection:
        connection.execute(update(heartbeats).values(last_error="the topology is not complete: run `cam setup`"))
    look.once()
    assert channel.titles == ["Service sender gave up (host/sender/3)"]
    assert "the topology is not complete: run `cam setup`" in channel.told[0][1]


def test_a_service_that_gives_up_again_and_again_is_told_of_once_in_ten_minutes(
    world: World, look: Look, channel: FakeChannel
) -> None:
    world.later(minutes=5)
    for seconds in range(3):
        world.heartbeat("sender", silent_for=timedelta(seconds=seconds), status="DEAD")
    world.heartbeat("inbox", silent_for=timedelta(seconds=1), status="DEAD")
    look.steadily()
    assert sorted(title.split()[1] for title in channel.titles) == ["inbox", "sender"]
    world.later(minutes=10)
    world.insert(heartbeats, worker_id="later", service="sender", status="DEAD", last_seen_at=world.now)
    look.once()
    assert channel.titles[2:] == ["Service sender gave up (later)"]


def test_a_service_that_was_called_dead_for_its_silence_did_not_give_up(
    world: World, look: Look, channel: FakeChannel
) -> None:
    world.heartbeat("sender", silent_for=timedelta(minutes=6))
    look.steadily()
    look.once()
    assert channel.titles == ["Service sender is silent (host/sender/360)"]


def test_a_service_that_hangs_while_it_drains_is_dead_too(world: World, look: Look) -> None:
    world.heartbeat("sender", silent_for=timedelta(minutes=6), status="DRAINING")
    look.steadily()
    assert world.value(heartbeats, "status") == "DEAD"


def test_the_alert_counts_the_instances_that_still_run(world: World, look: Look, channel: FakeChannel) -> None:
    world.heartbeat("sender", silent_for=timedelta(minutes=6))
    world.heartbeat("sender", silent_for=timedelta(seconds=1))
    look.steadily()
    assert "Of sender: 1 other running" in channel.told[0][1]


def test_nobody_is_called_dead_right_after_an_outage(world: World, look: Look, channel: FakeChannel) -> None:
    look.steadily()
    world.heartbeat("sender", silent_for=timedelta(0))
    world.later(hours=1)  # the database was away, or the machine asleep
    look.once()
    assert world.value(heartbeats, "status") == "RUNNING"
    assert channel.told == []


def test_a_service_that_dies_again_is_told_again(world: World, look: Look, channel: FakeChannel) -> None:
    world.heartbeat("sender", silent_for=timedelta(minutes=6))
    look.steadily()
    with world.owner.begin() as connection:
        connection.execute(heartbeats.update().values(status="RUNNING", last_seen_at=world.now))
    for _ in range(10):
        look.steadily()
    assert len(channel.told) == 2


def test_a_watch_alert_that_failed_is_retried(
    world: World, look: Look, channel: FakeChannel, delivery: Delivery
) -> None:
    channel.refusals = 1
    world.heartbeat("sender", silent_for=timedelta(minutes=6))
    look.steadily()
    world.later(seconds=10)
    retry_alerts(world.uow, delivery=delivery)
    assert len(channel.told) == 1


def test_new_dead_letters_are_told_once_per_queue(world: World, look: Look, channel: FakeChannel) -> None:
    a_dead_letter(world, "classifier.reply.received")
    a_dead_letter(world, "classifier.reply.received", "schema_invalid")
    a_dead_letter(world, "decision.lead.timeout")
    look.once()
    look.once()
    assert sorted(channel.titles) == [
        "Dead letters: 1 in decision.lead.timeout",
        "Dead letters: 2 in classifier.reply.received",
    ]


def test_more_dead_letters_of_a_queue_wait_for_the_next_ten_minutes_and_none_is_forgotten(
    world: World, look: Look, channel: FakeChannel
) -> None:
    a_dead_letter(world, "q")
    look.once()
    for _ in range(3):
        world.later(minutes=1)
        a_dead_letter(world, "q")
        look.once()
    assert channel.titles == ["Dead letters: 1 in q"]
    world.later(minutes=10)
    look.once()
    look.once()
    assert channel.titles == ["Dead letters: 1 in q", "Dead letters: 3 in q"]


def test_dead_letters_that_were_replayed_meanwhile_are_not_told(world: World, look: Look, channel: FakeChannel) -> None:
    world.insert(dead_letters, service="x", queue="q", reason="permanent", died_at=world.now, resolved_at=world.now)
    a_dead_letter(world, "q")
    look.once()
    assert channel.titles == ["Dead letters: 1 in q"]


def test_instances_that_ended_a_week_ago_are_forgotten(world: World, look: Look) -> None:
    world.heartbeat("sender", silent_for=timedelta(days=8), status="STOPPED")
    world.heartbeat("sender", silent_for=timedelta(days=6), status="DEAD")
    look.once()
    assert [world.value(heartbeats, "status", number) for number in (1, 2)] == [None, "DEAD"]
