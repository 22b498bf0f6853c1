"""The services as programs, and a door between them and a server, for the tests of starts and outages."""

import json
import os
import socketserver
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from socket import SHUT_WR, create_connection, socket
from urllib.parse import urlsplit, urlunsplit

from sqlalchemy import Engine, select

from console.processes import ServiceProcesses
from console.servers.site import HOST, free_ports
from shared.tables import heartbeats

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 20
STOP_SECONDS = 10


class Lines(list[tuple[str, str]]):
    """What several programs said, each line with its speaker."""

    def __call__(self, name: str, line: str) -> None:
        """Note one line."""
        self.append((name, line))

    def logged(self, event: str) -> list[tuple[str, str]]:
        """Return who logged an event, and about which connection if the line names one."""
        found = [(name, json.loads(line)) for name, line in list(self) if line.startswith("{")]
        return [(name, str(entry.get("connection", ""))) for name, entry in found if entry["event"] == event]

    def who_logged(self, event: str) -> set[str]:
        """Return the names of those that logged an event."""
        return {name for name, _ in self.logged(event)}


class Team:
    """All five services, run together."""

    def __init__(self, folder: Path) -> None:
        self.lines = Lines()
        self.started: list[ServiceProcesses] = []
        self._folder = folder

    def start(self, settings: dict[str, str]) -> ServiceProcesses:
        """Start them with these settings."""
        self.started.append(ServiceProcesses(settings, on_line=self.lines, folder=self._folder))
        self.started[-1].start()
        return self.started[-1]


def environment(database_url: str, amqp_url: str, **own: str) -> dict[str, str]:
    """Return all that a service sees of the environment: a quick clock, and what a test adds."""
    quick = {"AICMO_CAM_WORKER_INTERVAL_SECONDS": "0.2", "AICMO_CAM_HEARTBEAT_SECONDS": "0.5"}
    places = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    return places | {"DATABASE_URL": database_url, "AICMO_AMQP_URL": amqp_url} | quick | own


def command(service: str) -> list[str]:
    """Return how a service is started by hand."""
    return [sys.executable, "-m", f"services.{service}"]


def refused(service: str, settings: dict[str, str], folder: Path) -> str:
    """Run a service that can not start; return its one line for people, having seen status 2 and no traceback."""
    ended = subprocess.run(
        command(service), env=settings, cwd=folder, capture_output=True, text=True, timeout=START_SECONDS, check=False
    )
    assert ended.returncode == 2, ended.stderr
    assert ended.stdout == ""
    assert "Traceback" not in ended.stderr
    (line,) = [line for line in ended.stderr.splitlines() if not line.startswith("{")]
    return line


def heartbeat_states(engine: Engine) -> dict[str, str]:
    """Return each service's status in its heartbeat row."""
    with engine.connect() as connection:
        return {row.service: row.status for row in connection.execute(select(heartbeats))}


def consuming(engine: Engine) -> set[str]:
    """Return the services whose consumers the broker has confirmed."""
    statement = select(heartbeats.c.service).where(heartbeats.c.broker_verified_at.is_not(None))
    with engine.connect() as connection:
        return set(connection.execute(statement).scalars())


class Door:
    """A port that leads to a server when it is open, and turns callers away, counting them, when it is ajar.

    Until `ajar` or `open` is called, nobody listens there at all.
    """

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.behind = (parts.hostname or HOST, parts.port or 0)
        self.turned_away = 0
        self._port = free_ports(["door"])["door"]
        login, _, _ = parts.netloc.rpartition("@")
        self.url = urlunsplit(parts._replace(netloc=f"{login}@{HOST}:{self._port}"))
        self.leads_through = threading.Event()
        self._server: _Porter | None = None

    def ajar(self) -> None:
        """Listen, and hang up on everybody."""
        self._server = _Porter((HOST, self._port), _Visit)
        self._server.door = self
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def open(self) -> None:
        """Let everybody through from now on."""
        if self._server is None:
            self.ajar()
        self.leads_through.set()

    def close(self) -> None:
        """Listen no more; who is inside stays."""
        if self._server:
            self._server.shutdown()
            self._server.server_close()


NewDoor = Callable[[str], Door]


class _Porter(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    door: Door


class _Visit(socketserver.BaseRequestHandler):
    server: _Porter
    request: socket

    def handle(self) -> None:
        door = self.server.door
        if not door.leads_through.is_set():
            door.turned_away += 1
            return
        with create_connection(door.behind) as far:
            back = threading.Thread(target=_carry, args=(far, self.request), daemon=True)
            back.start()
            _carry(self.request, far)
            back.join()


def _carry(source: socket, sink: socket) -> None:
    with suppress(OSError):
        for data in iter(lambda: source.recv(65_536), b""):
            sink.sendall(data)
    with suppress(OSError):
        sink.shutdown(SHUT_WR)
