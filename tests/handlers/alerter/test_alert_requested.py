"""alert.requested: a human is told, once, and what failed stays visible."""

import time
from contextlib import suppress
from datetime import datetime, timedelta

from sqlalchemy import text

from services.alerter.delivery import Alert, Delivery
from services.alerter.handlers import alert_requested
from services.alerter.jobs import retry_alerts
from services.alerter.noop import NoOpAlertProvider
from shared.tables import inbound_emails
from tests.handlers.alerter.conftest import NOON, World, requested, through
from tests.handlers.alerter.fakes import FakeChannel


def test_an_alert_is_sent_once(world: World, channel: FakeChannel, delivery: Delivery) -> None:
    event = requested()
    alert_requested([event, event], world.uow, delivery=delivery)
    alert_requested([event], world.uow, delivery=delivery)
    retry_alerts(world.uow, delivery=delivery)
    assert channel.titles == ["About inbound/1"]
    assert [alert.sent_successfully for alert in world.alerts()] == [True]


def test_the_same_alert_under_a_lost_guard_is_still_sent_once(
    world: World, channel: FakeChannel, delivery: Delivery
) -> None:
    alert_requested([requested()], world.uow, delivery=delivery)
    with world.owner.begin() as connection:
        connection.execute(text("DELETE FROM handled_events"))
    alert_requested([requested()], world.uow, delivery=delivery)
    assert len(channel.told) == 1


def test_an_alert_is_in_the_log_before_it_is_sent(world: World, channel: FakeChannel, delivery: Delivery) -> None:
    seen: list[tuple[object, object]] = []
    channel.watch = lambda: seen.extend((row.sent_successfully, row.next_attempt_at) for row in world.alerts())
    alert_requested([requested()], world.uow, delivery=delivery)
    assert seen == [(False, world.now + timedelta(seconds=60))]


def test_a_human_reads_who_answered_what_and_what_to_do(world: World, channel: FakeChannel, delivery: Delivery) -> None:
    alert_requested([requested(inbound_email_id=world.reply("Yes, call me."))], world.uow, delivery=delivery)
    title, message, metadata = channel.told[0]
    assert title == "Reply: POSITIVE from Jane at Acme - campaign Spring"
    assert "> Yes, call me." in message
    assert "jane@acme.example" in message
    assert metadata["key"] == "POSITIVE_REPLY/inbound/1"
    assert metadata["campaign"] == "Spring"
    assert metadata["lead"] == "Jane at Acme"


def test_each_alert_of_a_batch_gets_its_own_facts(world: World, channel: FakeChannel, delivery: Delivery) -> None:
    reply = world.reply()
    batch = [requested("a", "CAMPAIGN_PAUSED"), requested("b", inbound_email_id=reply), requested("c", campaign_id=1)]
    alert_requested(batch, world.uow, delivery=delivery)
    assert sorted(channel.titles) == [
        "About a",
        "About c - campaign Spring",
        "Reply: POSITIVE from Jane at Acme - campaign Spring",
    ]


def test_alert_sent_is_set_only_after_success(world: World, channel: FakeChannel, delivery: Delivery) -> None:
    channel.refusals = 1
    alert_requested([requested(inbound_email_id=world.reply())], world.uow, delivery=delivery)
    assert world.value(inbound_emails, "alert_sent") is False
    world.later(seconds=11)
    retry_alerts(world.uow, delivery=delivery)
    assert world.value(inbound_emails, "alert_sent") is True


def test_a_failed_alert_is_retried_and_stays_visible(world: World, channel: FakeChannel, delivery: Delivery) -> None:
    channel.refusals = 2
    alert_requested([requested()], world.uow, delivery=delivery)
    (failed,) = world.alerts()
    assert (failed.sent_successfully, failed.sent_at) == (False, None)
    assert failed.error_message == "fake: the channel is down"
    assert failed.next_attempt_at == world.now + timedelta(seconds=10)
    retry_alerts(world.uow, delivery=delivery)
    assert world.alerts()[0].attempts == 1, "it waits for its time"
    world.later(seconds=10)
    retry_alerts(world.uow, delivery=delivery)
    assert world.alerts()[0].next_attempt_at == world.now + timedelta(minutes=1)
    world.later(minutes=1)
    retry_alerts(world.uow, delivery=delivery)
    (sent,) = world.alerts()
    assert (sent.sent_successfully, sent.sent_at, sent.attempts) == (True, world.now, 3)
    assert (sent.error_message, sent.next_attempt_at) == (None, None)


def test_an_alert_that_fails_for_more_than_a_day_is_left_to_be_seen(
    world: World, channel: FakeChannel, delivery: Delivery
) -> None:
    channel.refusals = 1000
    alert_requested([requested()], world.uow, delivery=delivery)
    began = world.now
    while next_attempt_at := world.alerts()[0].next_attempt_at:
        world.now = next_attempt_at
        retry_alerts(world.uow, delivery=delivery)
    assert world.now - began > timedelta(days=1)
    (given_up,) = world.alerts()
    assert (given_up.sent_successfully, given_up.error_message) == (False, "fake: the channel is down")


def test_a_retry_goes_only_to_the_channels_that_failed(world: World) -> None:
    mail, chat = FakeChannel("mail"), FakeChannel("chat", refusals=1)
    with through(mail, chat) as delivery:
        alert_requested([requested()], world.uow, delivery=delivery)
        (half,) = world.alerts()
        assert (half.sent_successfully, half.details["delivered"]) == (False, ["mail"])
        world.later(seconds=10)
        retry_alerts(world.uow, delivery=delivery)
    assert (len(mail.told), len(chat.told)) == (1, 1)
    assert mail.told == chat.told, "the same words and the same key"
    (sent,) = world.alerts()
    assert (sent.sent_successfully, sent.recipients) == (True, ["mail", "chat"])


def test_a_crash_between_send_and_record_repeats_the_alert_under_the_same_key(
    world: World, channel: FakeChannel, delivery: Delivery
) -> None:
    def crash() -> None:
        raise KeyboardInterrupt

    channel.watch = crash
    with suppress(KeyboardInterrupt):
        alert_requested([requested()], world.uow, delivery=delivery)
    channel.watch = lambda: None
    alert_requested([requested()], world.uow, delivery=delivery)
    retry_alerts(world.uow, delivery=delivery)
    assert channel.told == [], "the lease of the one that died is not over"
    world.later(seconds=60)
    retry_alerts(world.uow, delivery=delivery)
    assert [metadata["key"] for _, _, metadata in channel.told] == ["POSITIVE_REPLY/inbound/1"]


def test_an_attempt_under_way_is_not_started_twice(world: World, channel: FakeChannel, delivery: Delivery) -> None:
    nested = FakeChannel("fake")
    with through(nested) as other:
        channel.watch = lambda: retry_alerts(world.uow, delivery=other)
        alert_requested([requested()], world.uow, delivery=delivery)
    assert (len(channel.told), nested.told) == (1, [])


def test_a_late_failure_does_not_undo_a_success(world: World, channel: FakeChannel, delivery: Delivery) -> None:
    fast = FakeChannel("fake")
    channel.refusals = 1

    def overtaken() -> None:
        world.later(seconds=61)
        with through(fast) as other:
            retry_alerts(world.uow, delivery=other)

    channel.watch = overtaken
    alert_requested([requested()], world.uow, delivery=delivery)
    (alert,) = world.alerts()
    assert (alert.sent_successfully, alert.error_message) == (True, None)


def test_one_broken_channel_does_not_keep_the_others_from_being_told(world: World) -> None:
    def burst() -> None:
        raise ValueError

    broken, whole = FakeChannel("broken", watch=burst), FakeChannel("whole")
    with through(broken, whole) as delivery:
        alert_requested([requested()], world.uow, delivery=delivery)
    assert len(whole.told) == 1
    assert world.alerts()[0].error_message == "broken: ValueError"


def test_nothing_configured_is_not_an_error(world: World) -> None:
    with through(NoOpAlertProvider()) as delivery:
        alert_requested([requested()], world.uow, delivery=delivery)
    (alert,) = world.alerts()
    assert (alert.sent_successfully, alert.recipients, alert.error_message) == (True, ["noop"], None)


def test_monitoring_reads_the_newest_alerts(world: World, delivery: Delivery) -> None:
    alert_requested([requested("a"), requested("b")], world.uow, delivery=delivery)
    query = (
        "SELECT alert_type, title, sent_successfully, sent_at FROM cam_human_alert_logs ORDER BY sent_at DESC LIMIT 10"
    )
    with world.owner.connect() as connection:
        assert len(connection.execute(text(query)).all()) == 2


def test_the_time_from_reply_to_alert_is_counted_when_a_channel_took_it(
    world: World, channel: FakeChannel, delivery: Delivery
) -> None:
    reply, sample = world.reply(), world.uow.metrics.registry.get_sample_value
    received_at = world.value(inbound_emails, "received_at", reply)
    assert isinstance(received_at, datetime)
    channel.refusals = 1
    world.now = received_at + timedelta(seconds=5)
    alert_requested([requested(inbound_email_id=reply)], world.uow, delivery=delivery)
    assert sample("cam_reply_to_alert_seconds_count") == 0
    world.later(seconds=11)
    retry_alerts(world.uow, delivery=delivery)
    assert (sample("cam_reply_to_alert_seconds_count"), sample("cam_reply_to_alert_seconds_sum")) == (1, 16)
    alert_requested([requested("again", inbound_email_id=reply)], world.uow, delivery=delivery)
    assert sample("cam_reply_to_alert_seconds_count") == 1


def test_a_claimed_alert_that_waited_too_long_is_left_to_whoever_claims_it_next(
    delivery: Delivery, channel: FakeChannel
) -> None:
    late = Alert(1, NOON, title="A yes", message="", attempts=1, metadata={}, begin_before=time.time() - 1)
    fresh = Alert(2, NOON, title="Another yes", message="", attempts=1, metadata={})
    with delivery.receipts.of_batch() as note:
        outcomes = delivery.send([late, fresh], note)
    assert channel.titles == ["Another yes"]
    assert [bool(outcome.problems) for outcome in outcomes] == [True, False]
