"""What a channel accepted is told once, also where its record was never written."""

import json
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from functools import partial
from pathlib import Path

import httpx
import pytest
from structlog.testing import capture_logs

from services.alerter.delivery import AlertProvider, Delivery
from services.alerter.handlers import alert_requested
from services.alerter.jobs import retry_alerts
from services.alerter.receipts import Receipts
from services.alerter.webhook import WebhookAlertProvider
from shared.errors import ConfigurationError, OutageError
from shared.unit_of_work import Transaction, UnitOfWork
from tests.handlers.alerter.conftest import World, requested
from tests.handlers.alerter.fakes import FakeChannel
from tests.handlers.alerter.outside import serve_web


class ShakyUnitOfWork(UnitOfWork):
    """A unit of work whose database goes away after so many transactions."""

    left = 1

    @contextmanager
    def begin(self) -> Iterator[Transaction]:
        """Run a transaction, if the database is still there."""
        if not self.left:
            raise OutageError
        self.left -= 1
        with super().begin() as tx:
            yield tx


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "receipts"


@pytest.fixture
def shaky(world: World) -> ShakyUnitOfWork:
    made = ShakyUnitOfWork(world.uow.engine, source="alerter", consumer="alerter.alert.requested")
    made.clock = lambda: world.now
    return made


@contextmanager
def alerter(folder: Path, *channels: AlertProvider) -> Iterator[Delivery]:
    """Deliver through these channels as a process does that starts with this folder."""
    made = Delivery(channels, receipts=Receipts.at(folder))
    try:
        yield made
    finally:
        made.close()


def die_before_the_record(shaky: UnitOfWork, folder: Path, *channels: AlertProvider, subject: str = "a") -> None:
    """Let an alerter claim and send, and lose its database before it has recorded anything."""
    with alerter(folder, *channels) as dying, pytest.raises(OutageError):
        alert_requested([requested(subject)], shaky, delivery=dying)


def retry(world: World, folder: Path, *channels: AlertProvider) -> None:
    """Let another alerter take over when the lease is over."""
    world.later(seconds=60)
    with alerter(folder, *channels) as next_one:
        retry_alerts(world.uow, delivery=next_one)


def test_what_one_of_two_channels_accepted_is_posted_only_to_the_other(
    world: World, shaky: ShakyUnitOfWork, folder: Path
) -> None:
    with serve_web() as first, serve_web() as second, httpx.Client() as client:
        channels = [WebhookAlertProvider(web.url, client) for web in (first, second)]
        second.status = 503
        die_before_the_record(shaky, folder, *channels)
        second.status = 200
        retry(world, folder, *channels)
    assert (len(first.requests), len(second.requests)) == (1, 2)
    (alert,) = world.alerts()
    assert alert.sent_successfully
    assert sorted(alert.details["delivered"]) == sorted(channel.get_name() for channel in channels)


def test_what_all_channels_accepted_is_recorded_as_sent_and_posted_no_more(
    world: World, shaky: ShakyUnitOfWork, folder: Path
) -> None:
    with serve_web() as web, httpx.Client() as client:
        die_before_the_record(shaky, folder, WebhookAlertProvider(web.url, client))
        assert [alert.sent_successfully for alert in world.alerts()] == [False]
        retry(world, folder, WebhookAlertProvider(web.url, client))
    assert len(web.requests) == 1
    assert [(alert.sent_successfully, alert.attempts) for alert in world.alerts()] == [(True, 2)]


def test_who_outlives_an_outage_of_the_database_records_at_once_and_waits_for_no_lease(
    world: World, shaky: ShakyUnitOfWork, folder: Path
) -> None:
    good, bad = FakeChannel("good"), FakeChannel("bad", refusals=1)
    with alerter(folder, good, bad) as living:
        with pytest.raises(OutageError):
            alert_requested([requested("a")], shaky, delivery=living)
        retry_alerts(world.uow, delivery=living)
        (alert,) = world.alerts()
        assert (alert.details["delivered"], alert.error_message) == (["good"], "bad: the channel is down")
        retry_alerts(world.uow, delivery=living)
    assert world.alerts() == [alert]
    assert (len(good.told), len(bad.told)) == (1, 0)


def test_a_living_alerters_receipts_are_read_by_whoever_claims_after_its_lease(world: World, folder: Path) -> None:
    frozen, awake = FakeChannel(), FakeChannel()

    def overtaken() -> None:
        # The first alert has its receipt; the alerter freezes before the second is sent, for longer than its lease.
        if frozen.told:
            retry(world, folder, awake)

    frozen.watch = overtaken
    delivery = Delivery([frozen], threads=1, receipts=Receipts.at(folder))
    alert_requested([requested("a"), requested("b")], world.uow, delivery=delivery)
    delivery.close()
    assert frozen.titles[0] not in awake.titles
    assert len(awake.told) == 1


def test_receipts_of_another_database_with_the_same_numbers_are_not_believed(
    world: World, shaky: ShakyUnitOfWork, folder: Path, channel: FakeChannel
) -> None:
    die_before_the_record(shaky, folder, channel)
    (receipts,) = folder.iterdir()
    number, created_at, name = json.loads(receipts.read_text(encoding="utf-8"))
    assert (number, created_at, name) == (1, world.now.isoformat(timespec="microseconds"), "fake")
    other = (world.now + timedelta(microseconds=1)).isoformat(timespec="microseconds")
    receipts.write_text(json.dumps([number, other, name]) + "\n", encoding="utf-8")
    retry(world, folder, channel)
    assert len(channel.told) == 2


def test_half_a_receipt_tells_nothing_and_hides_no_other(
    world: World, shaky: ShakyUnitOfWork, folder: Path, channel: FakeChannel
) -> None:
    die_before_the_record(shaky, folder, channel)
    (receipts,) = folder.iterdir()
    whole = receipts.read_bytes()
    receipts.write_bytes(b"\xff[1]\n7\n" + whole[:-2])
    assert Receipts(folder).told() == {}
    receipts.write_bytes(whole + whole[:-2])
    retry(world, folder, channel)
    assert len(channel.told) == 1


def test_what_is_recorded_needs_no_receipts_any_more(world: World, folder: Path, channel: FakeChannel) -> None:
    with alerter(folder, channel) as delivery:
        channel.watch = lambda: modes.extend(oct(path.stat().st_mode & 0o777) for path in [folder, *folder.iterdir()])
        modes: list[str] = []
        alert_requested([requested()], world.uow, delivery=delivery)
    assert modes == ["0o700", "0o600"]
    assert list(folder.iterdir()) == []


def test_receipts_of_a_batch_that_took_longer_than_half_a_lease_stay_for_whoever_claimed_it_meanwhile(
    folder: Path,
) -> None:
    folder.mkdir()
    times = iter((2e9, 2e9 + 29, 3e9, 3e9 + 30))
    receipts = Receipts(folder, lambda: next(times))
    for number in (1, 2):
        with receipts.of_batch() as note:
            note((number, "then"), "mail")
    assert receipts.told() == {(2, "then"): {"mail"}}


@pytest.mark.parametrize(("age", "left"), [(86_399, 1), (86_401, 0)])
def test_receipts_go_when_they_are_a_day_old(folder: Path, age: int, left: int) -> None:
    folder.mkdir()
    times = iter((2e9, 2e9 + 60, 2e9 + age))
    receipts = Receipts(folder, lambda: next(times))
    with receipts.of_batch():
        pass
    receipts.forget()
    assert len(list(folder.iterdir())) == left


def test_old_receipts_are_read_before_they_go(
    world: World, shaky: ShakyUnitOfWork, folder: Path, channel: FakeChannel
) -> None:
    die_before_the_record(shaky, folder, channel)
    world.later(days=2)
    delivery = Delivery([channel], receipts=Receipts(folder, lambda: time.time() + 2 * 86_400))
    retry_alerts(world.uow, delivery=delivery)
    delivery.close()
    assert len(channel.told) == 1
    assert list(folder.iterdir()) == []


def test_on_a_full_disk_alerts_are_sent_all_the_same_and_one_line_says_so(
    world: World, folder: Path, channel: FakeChannel
) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    with alerter(folder, channel) as delivery, capture_logs() as logs:
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
        try:
            alert_requested([requested("a"), requested("b")], world.uow, delivery=delivery)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert [alert.sent_successfully for alert in world.alerts()] == [True, True]
    assert [line["event"] for line in logs if line["log_level"] == "error"] == ["receipts.not_written"]


def test_a_folder_that_goes_away_stops_no_alert(world: World, folder: Path, channel: FakeChannel) -> None:
    with alerter(folder, channel) as delivery, capture_logs() as logs:
        folder.rmdir()
        for subject in ("a", "b"):
            alert_requested([requested(subject)], world.uow, delivery=delivery)
        retry_alerts(world.uow, delivery=delivery)
    assert [alert.sent_successfully for alert in world.alerts()] == [True, True]
    assert [line["event"] for line in logs if line["log_level"] == "error"] == ["receipts.not_written"]


def test_a_folder_that_can_not_be_written_is_refused_by_the_name_of_its_setting(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(ConfigurationError, match=r"^AICMO_CAM_ALERTER_JOURNAL_FOLDER: .*file/deeper can't be written"):
        Receipts.at(tmp_path / "file" / "deeper")


def test_of_very_many_batches_without_a_record_the_newest_count(folder: Path) -> None:
    folder.mkdir()
    for number in range(502):
        with suppress(OutageError), Receipts(folder, now=partial(float, 1_000 + number)).of_batch() as note:
            note((number, "2026-01-01T00:00:00+00:00"), "webhook")
            raise OutageError
    told = {number for number, _ in Receipts(folder).told()}
    assert told == set(range(2, 502))
