"""The numbers on /metrics move as the events did: with a real service on a real broker, read over HTTP."""

import socket
from functools import partial

import pytest
from sqlalchemy import Engine, insert, text, update

from console.servers.site import free_ports
from shared.clock import utc_now
from shared.errors import ConfigurationError, LostLeaseError, OutageError, PermanentError
from shared.events import AlertRequested, wrap
from shared.exposition import exposed
from shared.messaging.gauges import measure
from shared.messaging.jobs import Job
from shared.messaging.topology import depths
from shared.metrics import Metrics
from shared.tables import outbound_emails, outbox
from shared.unit_of_work import UnitOfWork
from tests.messaging.harness import SUBSCRIPTION, Recorder, announce, publish, reply, running
from tests.messaging.test_traces import an_email
from tests.scraping import Scrape
from tests.waiting import eventually

QUEUE = SUBSCRIPTION.queue
ALERT = AlertRequested(alert_type="UNKNOWN_SEND", subject="1", title="t")


@pytest.fixture
def port() -> int:
    """Return a port that nobody listens on."""
    return free_ports(["metrics"])["metrics"]


def settled(port: int, **counted: float) -> bool:
    """Tell whether these counters of the subscription stand where they should."""
    seen = Scrape(port)
    return all(seen(f"cam_events_{name}_total", subscription=QUEUE) == value for name, value in counted.items())


def more_than(least: float, port: int, metric: str, **labels: str) -> bool:
    """Tell whether a sample is above this."""
    return Scrape(port)(metric, **labels) > least


def test_what_is_handled_retried_and_put_away_is_counted(engine: Engine, broker_url: str, port: int) -> None:
    def failing(number: int, tries: int) -> Exception | None:
        if number == 1:
            return PermanentError("never")
        return RuntimeError("not yet") if number in {2, 3} and tries == 1 else None

    recorder = Recorder(failing)
    with running(engine, broker_url, recorder, batch_size=1, metrics_port=port):
        announce(engine, *map(reply, range(1, 11)))
        eventually(lambda: settled(port, handled=9, failed=3, retried=2))
        seen = Scrape(port)
    assert seen("cam_events_dead_lettered_total", subscription=QUEUE, reason="permanent") == 1
    assert seen("cam_handler_seconds_count", subscription=QUEUE) == 12
    assert seen("cam_batch_events_count", subscription=QUEUE) == 12
    assert seen("cam_batch_events_sum", subscription=QUEUE) == 12
    assert depths(broker_url)[SUBSCRIPTION.dead_letters] == 1


def test_what_breaks_its_contract_is_counted_by_its_reason(engine: Engine, broker_url: str, port: int) -> None:
    with running(engine, broker_url, Recorder(), metrics_port=port):
        publish(broker_url, b"{}")
        eventually(lambda: settled(port, failed=1))
        seen = Scrape(port)
    assert seen("cam_events_dead_lettered_total", subscription=QUEUE, reason="schema_invalid") == 1
    assert seen("cam_events_handled_total", subscription=QUEUE) == 0


def test_what_comes_again_is_counted_as_repeated(engine: Engine, broker_url: str, port: int) -> None:
    event = wrap(reply(1), source="/test", time=utc_now()).to_bytes()
    with running(engine, broker_url, Recorder(), batch_size=1, metrics_port=port):
        for _ in range(3):
            publish(broker_url, event)
        eventually(lambda: settled(port, handled=3))
        assert settled(port, repeated=2)


def test_the_outbox_is_measured_while_events_wait_in_it(engine: Engine, broker_url: str, port: int) -> None:
    waiting = {"event_id": "e", "type": "x", "body": "{}"}
    since = {"created_at": text("now() - interval '1 hour'"), "available_at": text("now() + interval '1 hour'")}
    with engine.begin() as connection:
        connection.execute(insert(outbox).values(**waiting, **since))
    with running(engine, broker_url, Recorder(), metrics_port=port):
        eventually(lambda: Scrape(port)("cam_outbox_events") == 1)
        assert 3600 <= Scrape(port)("cam_outbox_oldest_seconds") < 3700
        with engine.begin() as connection:
            connection.execute(outbox.delete())
        eventually(lambda: Scrape(port)("cam_outbox_events") == 0)
        assert Scrape(port)("cam_outbox_oldest_seconds") == 0


def test_doubtful_sends_are_measured_until_they_are_settled(engine: Engine) -> None:
    uow = UnitOfWork(engine, source="/test")
    number = an_email(engine, None)
    for state, shown in (("UNKNOWN", 1), ("SENT", 0)):
        with engine.begin() as connection:
            settle = update(outbound_emails).where(outbound_emails.c.id == number)
            connection.execute(settle.values(state=state, sent_at=utc_now()))
        measure(uow)
        assert uow.metrics.registry.get_sample_value("cam_unknown_sends") == shown


def test_jobs_are_counted_by_how_they_ended(engine: Engine, broker_url: str, port: int) -> None:
    def broken(_uow: UnitOfWork) -> None:
        raise RuntimeError("broken")

    def away(_uow: UnitOfWork) -> None:
        raise OutageError("away")

    jobs = [Job("good", 0.05, lambda _: None), Job("broken", 0.05, broken), Job("away", 0.05, away)]
    with running(engine, broker_url, Recorder(), jobs=jobs, metrics_port=port):
        for name, outcome in (("good", "done"), ("broken", "failed"), ("away", "waiting")):
            eventually(partial(more_than, 1, port, "cam_job_runs_total", name=name, outcome=outcome))


def lose_a_lease(uow: UnitOfWork) -> None:
    """Ask for an alert, then find that the lease is lost."""
    with uow.begin() as tx:
        tx.emit(ALERT)
        raise LostLeaseError


def test_alerts_and_lost_leases_are_counted_when_they_are_committed_or_refused(engine: Engine) -> None:
    uow = UnitOfWork(engine, source="/test")
    with uow.begin() as tx:
        tx.emit(ALERT)
        tx.emit(ALERT)
    with pytest.raises(LostLeaseError):
        lose_a_lease(uow)
    sample = uow.metrics.registry.get_sample_value
    assert sample("cam_alerts_requested_total", {"alert_type": "UNKNOWN_SEND"}) == 1
    assert sample("cam_events_announced_total", {"type": "alert.requested"}) == 1
    assert sample("cam_leases_lost_total") == 1


def test_connections_and_deliveries_in_hand_are_shown_as_they_are(engine: Engine, broker_url: str, port: int) -> None:
    with running(engine, broker_url, Recorder(), metrics_port=port):
        for connection in ("consuming", "publishing"):
            eventually(partial(more_than, 0, port, "cam_broker_connected", connection=connection))
        assert Scrape(port)("cam_deliveries_in_flight") == 0


def test_a_port_in_use_is_one_line_that_names_the_variable(port: int) -> None:
    said = rf"^AICMO_METRICS_PORT: port {port} of 127\.0\.0\.1 is in use$"
    with (
        socket.create_server(("127.0.0.1", port)),
        pytest.raises(ConfigurationError, match=said),
        exposed(Metrics(), "127.0.0.1", port),
    ):
        pass


def test_an_address_that_is_not_ours_is_one_line_that_names_the_variable(port: int) -> None:
    with (
        pytest.raises(ConfigurationError, match=r"^AICMO_METRICS_ADDRESS: 192\.0\.2\.1: "),
        exposed(Metrics(), "192.0.2.1", port),
    ):
        pass


def test_without_a_port_nobody_listens_and_with_one_it_is_given_back(port: int) -> None:
    with exposed(Metrics(), "127.0.0.1", 0):
        pass
    for _ in range(2):
        with exposed(Metrics(), "127.0.0.1", port):
            assert "cam_leases_lost_total" in Scrape(port).names
    with pytest.raises(OSError, match="refused"):
        Scrape(port)


def test_it_can_be_shown_on_ipv6(port: int) -> None:
    with exposed(Metrics(), "::1", port):
        assert "cam_leases_lost_total" in Scrape(port, "[::1]").names
