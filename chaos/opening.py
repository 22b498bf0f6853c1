"""Lays an arena out: a fresh database, virtual host and mailbox, the world, and proxies where they are asked for."""

import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from random import Random
from urllib.parse import urlsplit

from sqlalchemy.exc import SQLAlchemyError

from chaos.arena import Arena
from chaos.fleet import Fleet
from chaos.machines import Machines, Say
from chaos.proxy import HOST, Proxy
from chaos.settings import DAY_SECONDS, Dose, service_environment
from chaos.witness import Witness
from console.creating import delete_virtual_host, drop_database
from console.stage import Stage, fresh_stage
from demo.postman import Letterbox
from demo.sink import AlertSink
from demo.world import World
from shared.database import open_engine
from shared.errors import CamError


@contextmanager
def open_arena(
    name: str, dose: Dose, machines: Machines, folder: Path, *, linked: bool, settings: Mapping[str, str], say: Say
) -> Iterator[Arena]:
    """Lay everything out for one scenario; `linked` puts proxies before all servers. Nothing is left behind."""
    (folder / "faults").mkdir(parents=True)
    servers = machines.addresses
    with ExitStack() as stack:
        stage = stack.enter_context(fresh_stage(servers, f"cam_chaos_{name}_{int(time.time())}", keep=True))
        stack.callback(_sweep, stage, servers.management_url)
        world = World(
            Letterbox(servers.lmtp_host, servers.lmtp_port), day_seconds=DAY_SECONDS, journal=folder / "world.jsonl"
        )
        world.start()
        stack.callback(world.stop)
        sink = AlertSink()
        sink.start()
        stack.callback(sink.stop)
        places = stage.environment(servers)
        behind = _behind(places, world, sink) if linked else {}
        links = {link: stack.enter_context(Proxy(there)) for link, there in behind.items()}
        environment = service_environment(
            _through(places, links),
            smtp_port=links["smtp"].port if linked else world.smtp_port,
            sink_url=sink.url.replace(str(behind["alerts"][1]), str(links["alerts"].port)) if linked else sink.url,
            faults=folder / "faults",
        ) | dict(settings)
        log = stack.enter_context((folder / "services.log").open("w", encoding="utf-8", buffering=1))
        random = Random(f"{dose.seed} {name}")
        fleet = Fleet(
            environment, on_line=lambda who, line: print(f"{who} | {line}", file=log), folder=folder, random=random
        )
        stack.callback(fleet.close)
        engine = open_engine(stage.database_url, pool_size=2)
        stack.callback(engine.dispose)
        arena = Arena(
            dose,
            machines,
            random,
            fleet,
            world,
            sink,
            Witness(engine, stage.amqp_url, 2 + float(environment["AICMO_CAM_HEARTBEAT_SECONDS"])),
            stage,
            environment,
            folder,
            links,
            say,
        )
        arena.cam("setup")
        yield arena


def _sweep(stage: Stage, management_url: str) -> None:
    """Make room for the next scenario; after Ctrl-C a killed server may be away, and is deleted as a whole anyway."""
    with suppress(SQLAlchemyError, CamError):
        drop_database(stage.database_url)
    with suppress(CamError):
        delete_virtual_host(management_url, stage.amqp_url)


def _behind(places: Mapping[str, str], world: World, sink: AlertSink) -> dict[str, tuple[str, int]]:
    """Return where each link leads."""
    return {
        "amqp": _address(places["AICMO_AMQP_URL"]),
        "postgres": _address(places["DATABASE_URL"]),
        "imap": (places["AICMO_IMAP_SERVER"], int(places["AICMO_IMAP_PORT"])),
        "smtp": (HOST, world.smtp_port),
        "alerts": _address(sink.url),
    }


def _address(url: str) -> tuple[str, int]:
    parts = urlsplit(url)
    return parts.hostname or HOST, parts.port or 0


def _through(places: Mapping[str, str], links: Mapping[str, Proxy]) -> dict[str, str]:
    """Return the places with the proxies' ports in them."""
    if not links:
        return dict(places)
    return dict(places) | {
        "AICMO_AMQP_URL": _with_port(places["AICMO_AMQP_URL"], links["amqp"].port),
        "DATABASE_URL": _with_port(places["DATABASE_URL"], links["postgres"].port),
        "AICMO_IMAP_SERVER": HOST,
        "AICMO_IMAP_PORT": str(links["imap"].port),
    }


def _with_port(url: str, port: int) -> str:
    parts = urlsplit(url)
    login, _, _ = parts.netloc.rpartition("@")
    return parts._replace(netloc=f"{login}@{HOST}:{port}").geturl()
