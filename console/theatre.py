"""Puts a demo on: servers, world, services and campaign in the right order, and takes them down again."""

import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, replace
from io import StringIO
from pathlib import Path

from console import servers as private_servers
from console.access import reading
from console.campaigns import find
from console.commands import campaign as campaign_commands
from console.commands import setup as setup_command
from console.commands.servers import checkout
from console.processes import ServiceProcesses
from console.stage import fresh_stage, used_by_others
from demo.campaign import SENDER_NAME, sequence
from demo.evidence import Evidence
from demo.observer import Observer
from demo.people import csv_of, leads
from demo.postman import Letterbox
from demo.run import Play
from demo.sink import AlertSink
from demo.world import World
from shared.database import open_engine
from shared.messaging import topology
from shared.settings import Settings, load

# Settings of a real installation must not leak into a demo: it could send real mail.
_FOREIGN = ("AICMO_", "DATABASE_URL", "DEMO_")
_MANY_A_DAY = "1000000"
_BATCH = "1000"
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """What is played; `folder` holds the logs."""

    leads: int
    seed: int
    day_seconds: float
    keep: bool
    folder: Path

    def sweep(self) -> None:
        """Take the logs away."""
        shutil.rmtree(self.folder, ignore_errors=True)


@dataclass(frozen=True, slots=True)
class Theatre:
    """A play that runs; `close` ends it and returns everything that was seen; `unseen` can't be judged here."""

    play: Play
    close: Callable[[], Evidence]
    unseen: tuple[str, ...] = ()


@contextmanager
def private(plan: Plan, say: Say) -> Iterator[Theatre]:
    """Put the demo on with servers and services of its own."""
    name = f"cam_demo_{int(time.time())}_{os.getpid()}"
    _leave_the_users_settings(plan.folder)
    with (
        _servers(plan, say) as servers,
        fresh_stage(servers, name, keep=plan.keep) as stage,
        _world(plan, Letterbox(servers.lmtp_host, servers.lmtp_port)) as world,
        _sink() as sink,
    ):
        os.environ.update(
            stage.environment(servers)
            | _settings(plan, world, sink)
            | {"AICMO_SMTP_FROM_EMAIL": f"{SENDER_NAME} <{stage.address}>"}
        )
        _quietly(setup_command.setup)
        with _services(plan) as processes:
            play = _begin(plan, world, sink, processes.poll)
            say(f"{plan.leads} prospects; a day lasts {plan.day_seconds:g} s; logs in {plan.folder}")
            yield Theatre(play, lambda: _drained(play, processes))


@contextmanager
def external(plan: Plan, say: Say) -> Iterator[Theatre]:
    """Put the demo on with the servers and services that the environment names."""
    get = os.environ.get
    host = get("DEMO_HOST", "127.0.0.1")
    letterbox = Letterbox(get("DEMO_LMTP_HOST", "127.0.0.1"), int(get("DEMO_LMTP_PORT", "24")))
    with (
        _world(plan, letterbox, host, int(get("DEMO_SMTP_PORT", "2525"))) as world,
        _sink(host, int(get("DEMO_ALERT_PORT", "8080"))) as sink,
    ):
        play = _begin(plan, world, sink, list)
        say(f"{plan.leads} prospects listen on {host}:{world.smtp_port}, the alert sink on {sink.url}")
        yield Theatre(play, lambda: _seen(play), unseen=("every_service_drained",))


@contextmanager
def _servers(plan: Plan, say: Say) -> Iterator[private_servers.Servers]:
    ran_before = any(status.pid is not None for status in private_servers.status(checkout()))
    servers = private_servers.start(checkout(), say=say)
    try:
        yield servers
    finally:
        if not ran_before and not plan.keep:
            _stop_unless_used(servers, say)


def _stop_unless_used(servers: private_servers.Servers, say: Say) -> None:
    # A benchmark or a second demo may have begun to use the servers that this demo started.
    if used_by_others(servers):
        say("somebody else uses the servers by now, so they go on: cam servers stop")
    else:
        private_servers.stop(checkout(), say=say)


@contextmanager
def _world(plan: Plan, letterbox: Letterbox, host: str = "127.0.0.1", port: int = 0) -> Iterator[World]:
    world = World(
        letterbox,
        day_seconds=plan.day_seconds,
        smtp_host=host,
        smtp_port=port,
        journal=plan.folder / "world.jsonl",
    )
    world.start()
    try:
        yield world
    finally:
        world.stop()


@contextmanager
def _sink(host: str = "127.0.0.1", port: int = 0) -> Iterator[AlertSink]:
    sink = AlertSink(host, port)
    sink.start()
    try:
        yield sink
    finally:
        sink.stop()


@contextmanager
def _services(plan: Plan) -> Iterator[ServiceProcesses]:
    with (plan.folder / "services.log").open("w", encoding="utf-8", buffering=1) as log:
        processes = ServiceProcesses(
            os.environ, on_line=lambda name, line: print(f"{name} | {line}", file=log), folder=plan.folder
        )
        try:
            processes.start()
            yield processes
        finally:
            processes.stop()


def _leave_the_users_settings(folder: Path) -> None:
    for name in [name for name in os.environ if name.startswith(_FOREIGN)]:
        del os.environ[name]
    # Settings are also read from `.env` in the current folder.
    os.chdir(folder)


def _settings(plan: Plan, world: World, sink: AlertSink) -> dict[str, str]:
    return {
        "AICMO_CAM_DAY_SECONDS": str(plan.day_seconds),
        "AICMO_CAM_WORKER_INTERVAL_SECONDS": "0.5",
        "AICMO_CAM_HEARTBEAT_SECONDS": "2",
        "AICMO_CAM_EMAIL_DAILY_CAP": _MANY_A_DAY,
        "AICMO_CAM_EMAIL_BATCH_CAP": _BATCH,
        "AICMO_CAM_ALERT_WEBHOOK_URLS": sink.url,
        "AICMO_SMTP_HOST": "127.0.0.1",
        "AICMO_SMTP_PORT": str(world.smtp_port),
        "AICMO_SMTP_SECURITY": "none",
    }


def _begin(plan: Plan, world: World, sink: AlertSink, poll: Callable[[], list[str]]) -> Play:
    """Create and launch the campaign by the very commands that an operator types."""
    name = f"demo {plan.folder.name}"
    steps, people = plan.folder / "sequence.yml", plan.folder / "leads.csv"
    steps.write_text(sequence(name), encoding="utf-8")
    people.write_text(csv_of(leads(plan.leads, plan.seed)), encoding="utf-8")
    _quietly(lambda: campaign_commands.create(sequence=steps, leads=people, strict=True, as_json=True))
    _quietly(lambda: campaign_commands.launch(name, as_json=True))
    with reading() as connection:
        campaign_id = find(connection, name)["id"]
    engine = open_engine(load(Settings).database_url.get_secret_value(), pool_size=1)
    return Play(world, sink, Observer(engine, campaign_id), plan.leads, poll)


def _quietly(command: Callable[[], object]) -> None:
    with redirect_stdout(StringIO()):
        command()


def _seen(play: Play) -> Evidence:
    seen = play.observer.evidence(play.world.ledger, list(play.sink.alerts))
    return replace(seen, queue_depths=topology.depths(load(Settings).amqp_url.get_secret_value()))


def _drained(play: Play, processes: ServiceProcesses) -> Evidence:
    exits = processes.stop()
    return replace(_seen(play), after=play.observer.heartbeats(), exits=exits)
