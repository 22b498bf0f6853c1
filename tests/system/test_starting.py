"""Every service by itself: what it refuses in one line, what it waits for, and how it ends."""

import asyncio
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import aio_pika
import pytest
from sqlalchemy import Engine, func, select

from console.processes import ALL
from shared import migrate
from shared.database import open_engine
from shared.errors import ConfigurationError
from shared.messaging import topology
from shared.tables import handled_events, heartbeats, outbox
from tests.databases import Databases
from tests.messaging.harness import announce, reply
from tests.system.programs import (
    START_SECONDS,
    STOP_SECONDS,
    NewDoor,
    Team,
    command,
    consuming,
    environment,
    heartbeat_states,
    refused,
)
from tests.waiting import eventually

EVERYBODY = set(ALL)
NOWHERE = "amqp://guest:guest@127.0.0.1:1/"

every_service = pytest.mark.parametrize("service", ALL)


def with_login(url: str, login: str) -> str:
    """Return a server's URL with another name and password."""
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{login}@{rest.rpartition('@')[2]}"


def handled(engine: Engine) -> int:
    with engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(handled_events)) or 0


@every_service
def test_a_missing_database_url_is_one_line(service: str, tmp_path: Path) -> None:
    settings = environment("", NOWHERE)
    del settings["DATABASE_URL"]
    assert refused(service, settings, tmp_path) == "cam: DATABASE_URL: is not set (see .env.example)"


@pytest.mark.parametrize(
    ("service", "variable", "value"),
    [
        ("sender", "AICMO_CAM_EMAIL_BATCH_CAP", "many"),
        ("sender", "AICMO_CAM_EMAIL_ALLOWLIST_REGEX", "(@"),
        ("sender", "AICMO_SMTP_PORT", "0"),
        ("sender", "AICMO_CAM_SENDER_JOURNAL_FOLDER", "/proc/nowhere"),
        ("inbox", "AICMO_IMAP_POLL_INTERVAL_MINUTES", "0"),
        ("classifier", "AICMO_LOG_LEVEL", "LOUD"),
        ("classifier", "AICMO_AMQP_URL", "http://127.0.0.1:15672"),
        ("decision", "AICMO_CAM_AUTO_PAUSE_REPLY_RATE_THRESHOLD", "10"),
        ("decision", "DATABASE_URL", "mysql://cam@127.0.0.1/cam"),
        ("alerter", "AICMO_CAM_ALERT_EMAILS", "ops@acme.example, nobody"),
        ("alerter", "AICMO_CAM_WORKER_INTERVAL_SECONDS", "often"),
        ("alerter", "AICMO_CAM_ALERTER_JOURNAL_FOLDER", "/proc/nowhere"),
    ],
)
def test_a_wrong_value_is_one_line_that_names_its_variable(
    service: str, variable: str, value: str, tmp_path: Path
) -> None:
    settings = environment("postgresql://cam@127.0.0.1:1/cam", NOWHERE) | {variable: value}
    assert refused(service, settings, tmp_path).startswith(f"cam: {variable}: ")


def test_a_wrong_value_in_the_env_file_is_named_too(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("export AICMO_CAM_HEARTBEAT_SECONDS=never  # a comment\n", encoding="utf-8")
    settings = environment("postgresql://cam@127.0.0.1:1/cam", NOWHERE)
    del settings["AICMO_CAM_HEARTBEAT_SECONDS"]
    assert refused("sender", settings, tmp_path).startswith("cam: AICMO_CAM_HEARTBEAT_SECONDS: ")


@pytest.fixture(scope="module")
def no_tables_url(databases: Databases, database_url: str) -> Iterator[str]:
    """Make a database without tables on a server that has the services' roles, thanks to another database."""
    del database_url
    url = databases.new_without_tables()
    yield url
    databases.drop(url)


@every_service
def test_a_database_that_is_not_migrated_is_one_line_with_what_to_run(
    service: str, no_tables_url: str, tmp_path: Path
) -> None:
    line = refused(service, environment(no_tables_url, NOWHERE), tmp_path)
    assert line == "cam: the database has no tables yet: run `cam setup`"


def test_a_server_without_the_services_roles_is_not_migrated_either(no_tables_url: str) -> None:
    engine = open_engine(no_tables_url, role="cam_of_another_world")
    with pytest.raises(
        ConfigurationError, match=r"^the database has no role cam_of_another_world yet: run `cam setup`"
    ):
        migrate.verify(engine)
    engine.dispose()


def test_a_login_that_the_database_refuses_is_one_line(database_url: str, tmp_path: Path) -> None:
    line = refused("classifier", environment(with_login(database_url, "nobody:guessed"), NOWHERE), tmp_path)
    assert line.startswith("cam: DATABASE_URL: ")
    assert '"nobody"' in line
    assert "guessed" not in line


def test_a_database_that_does_not_exist_is_one_line(database_url: str, tmp_path: Path) -> None:
    elsewhere = f"{database_url.rpartition('/')[0]}/cam_of_another_world"
    line = refused("classifier", environment(elsewhere, NOWHERE), tmp_path)
    assert line == 'cam: DATABASE_URL: database "cam_of_another_world" does not exist (to make it: cam setup --create)'


@every_service
def test_a_missing_topology_is_one_line_with_what_to_run(
    service: str, database_url: str, amqp_url: str, tmp_path: Path
) -> None:
    line = refused(service, environment(database_url, amqp_url), tmp_path)
    assert line.startswith("cam: the broker's topology is not complete")
    assert topology.EXCHANGE in line
    assert line.endswith("run `cam setup`")


@pytest.mark.parametrize("subscription", topology.SUBSCRIPTIONS, ids=lambda subscription: subscription.queue)
def test_a_queue_with_other_arguments_is_one_line_that_names_it(
    subscription: topology.Subscription, database_url: str, broker_url: str, tmp_path: Path
) -> None:
    asyncio.run(_declare_otherwise(broker_url, subscription.queue))
    line = refused(subscription.service, environment(database_url, broker_url), tmp_path)
    assert line.startswith(f"cam: queue {subscription.queue} exists with other arguments")
    assert "cam setup" in line


async def _declare_otherwise(amqp_url: str, queue: str) -> None:
    async with await aio_pika.connect(amqp_url) as connection:
        channel = await connection.channel()
        await channel.queue_delete(queue)
        await channel.declare_queue(queue, durable=True)


def test_a_login_that_the_broker_refuses_is_one_line(database_url: str, amqp_url: str, tmp_path: Path) -> None:
    line = refused("classifier", environment(database_url, with_login(amqp_url, "cam:guessed")), tmp_path)
    assert line.startswith("cam: AICMO_AMQP_URL: the broker refuses the login")
    assert "guessed" not in line


def test_a_broker_that_is_away_is_waited_for_and_said_once(
    team: Team, door: NewDoor, engine: Engine, database_url: str, broker_url: str
) -> None:
    entrance = door(broker_url)
    announce(engine, reply(1))
    team.start(environment(database_url, entrance.url))
    # First nobody listens, then somebody who hangs up: what a container's port does before its program is there.
    eventually(lambda: team.lines.who_logged("broker_awaited") == EVERYBODY, START_SECONDS)
    entrance.ajar()
    eventually(lambda: entrance.turned_away > 2 * len(ALL), START_SECONDS)
    assert consuming(engine) == set()
    entrance.open()
    eventually(lambda: consuming(engine) == EVERYBODY, START_SECONDS)
    eventually(lambda: handled(engine) == 1 or team.lines.logged("event_failed"), START_SECONDS)
    said = team.lines.logged("broker_awaited")
    assert len(said) == len(set(said)), "said again and again about one connection"
    assert not team.lines.who_logged("cam")


def test_a_database_that_is_away_is_waited_for_and_said_once(
    team: Team, door: NewDoor, engine: Engine, database_url: str, broker_url: str
) -> None:
    entrance = door(database_url)
    team.start(environment(entrance.url, broker_url))
    eventually(lambda: team.lines.who_logged("database_awaited") == EVERYBODY, START_SECONDS)
    entrance.ajar()
    eventually(lambda: entrance.turned_away > 2 * len(ALL), START_SECONDS)
    assert heartbeat_states(engine) == {}
    entrance.open()
    eventually(lambda: consuming(engine) == EVERYBODY, START_SECONDS)
    assert sorted(team.lines.logged("database_awaited")) == sorted((service, "") for service in ALL)


def test_a_virtual_host_that_is_not_there_is_waited_for_and_said_once(
    team: Team, database_url: str, broker_url: str
) -> None:
    team.start(environment(database_url, f"{broker_url}-of-another-world"))
    eventually(lambda: len(set(team.lines.logged("broker_awaited"))) == 2 * len(ALL), START_SECONDS)
    said = [line for _, line in team.lines if '"broker_awaited"' in line]
    assert all("virtual host of AICMO_AMQP_URL" in line for line in said)
    assert len(said) == 2 * len(ALL)
    assert not team.lines.who_logged("publishing_lost")


def test_who_waits_for_both_servers_can_be_stopped(team: Team) -> None:
    processes = team.start(environment("postgresql://cam@127.0.0.1:1/cam", NOWHERE))
    eventually(lambda: team.lines.who_logged("database_awaited") == EVERYBODY, START_SECONDS)
    assert processes.stop(STOP_SECONDS) == dict.fromkeys(ALL, 0)


def test_who_waits_for_the_broker_can_be_stopped_and_signs_off(team: Team, engine: Engine, database_url: str) -> None:
    processes = team.start(environment(database_url, NOWHERE))
    eventually(lambda: team.lines.who_logged("broker_awaited") == EVERYBODY, START_SECONDS)
    assert processes.stop(STOP_SECONDS) == dict.fromkeys(ALL, 0)
    assert heartbeat_states(engine) == dict.fromkeys(ALL, "STOPPED")


def test_a_disabled_worker_does_nothing_until_it_is_told_to_stop(
    team: Team, engine: Engine, database_url: str, broker_url: str
) -> None:
    announce(engine, reply(1))
    processes = team.start(environment(database_url, broker_url, AICMO_CAM_WORKER_ENABLED="false"))
    eventually(lambda: team.lines.who_logged("disabled") == EVERYBODY, START_SECONDS)
    assert processes.stop(STOP_SECONDS) == dict.fromkeys(ALL, 0)
    assert team.lines.who_logged("started") == set()
    with engine.connect() as connection:
        assert connection.execute(select(heartbeats)).all() == []
        assert len(connection.execute(select(outbox)).all()) == 1


@every_service
def test_a_service_started_by_hand_drains_on_sigterm_and_signs_off(
    service: str, engine: Engine, database_url: str, broker_url: str, tmp_path: Path
) -> None:
    settings = environment(database_url, broker_url, AICMO_CAM_WORKER_ID="shop")
    with subprocess.Popen(command(service), env=settings, cwd=tmp_path, stderr=subprocess.PIPE, text=True) as process:
        eventually(lambda: consuming(engine) == {service}, START_SECONDS)
        assert heartbeat_states(engine) == {service: "RUNNING"}
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=STOP_SECONDS)
    assert process.returncode == 0, said
    assert heartbeat_states(engine) == {service: "STOPPED"}
    with engine.connect() as connection:
        assert str(connection.scalar(select(heartbeats.c.worker_id))).startswith(f"shop/{service}/")
