"""Starting and stopping the private servers of a checkout, all at once and as often as one likes."""

import fcntl
import shutil
import signal
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from console.servers.addresses import Servers, addresses
from console.servers.dovecot import dovecot
from console.servers.postgres import postgres
from console.servers.processes import STOP_SIGNALS, end, running, spawn
from console.servers.rabbitmq import epmd, rabbitmq
from console.servers.server import Server
from console.servers.site import Site, find_site, free_ports, is_free, keep_ports, open_site
from shared.errors import CamError, ConfigurationError

NAMES = ("postgres", "rabbitmq", "dovecot")
# Each server with the processes that it consists of, in the order in which they start.
_PROCESSES = {"postgres": ("postgres",), "rabbitmq": ("epmd", "rabbitmq"), "dovecot": ("dovecot",)}
_PORTS = {
    "postgres": ("postgres",),
    "epmd": ("epmd",),
    "rabbitmq": ("rabbitmq", "management", "distribution"),
    "dovecot": ("imap", "lmtp"),
}
_START_SECONDS = 90.0
_STOP_SECONDS = 20.0
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class ServerStatus:
    """How one server is: its pid is None when it does not run."""

    name: str
    port: int
    pid: int | None
    log: Path


def start(root: Path, *, only: set[str] | None = None, durable: bool = True, say: Say = lambda _: None) -> Servers:
    """Start what does not run yet and wait until it serves; raise `CamError` with the log's end if it fails."""
    wanted = _wanted(only)
    site = open_site(root)
    with _alone(site):
        missing = [name for name in wanted if not _is_up(site, name)]
        site = _with_free_ports(site, missing)
        try:
            with ThreadPoolExecutor(len(NAMES)) as pool:
                list(pool.map(partial(_start, site, durable=durable, say=say), missing))
        except BaseException:
            _end(site, missing, delete=False)
            raise
    return addresses(site)


def stop(root: Path, *, delete: bool = False, say: Say = lambda _: None) -> list[str]:
    """Stop what runs of this checkout and return its names; with `delete`, take all data away too, in a hurry."""
    site = find_site(root)
    if site is None:
        return []
    with _alone(site):
        ended = _end(site, NAMES, delete=delete)
        if delete:
            shutil.rmtree(site.folder, ignore_errors=True)
    for name in ended:
        say(f"{name} stopped")
    return ended


def status(root: Path) -> list[ServerStatus]:
    """Return how each server of this checkout is; nothing at all if it never had any."""
    site = find_site(root)
    if site is None:
        return []
    return [
        ServerStatus(
            name, site.ports[_PORTS[name][0]], running(_pid_file(site, name)), site.folder / name / "server.log"
        )
        for name in NAMES
    ]


def _wanted(only: set[str] | None) -> list[str]:
    unknown = sorted((only or set()) - set(NAMES))
    if unknown:
        raise ConfigurationError(f"there is no server {unknown[0]!r}: choose from {', '.join(NAMES)}")
    return [name for name in NAMES if only is None or name in only]


@contextmanager
def _alone(site: Site) -> Iterator[None]:
    """Let two starts of the same checkout follow each other instead of starting everything twice."""
    with (site.folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _pid_file(site: Site, process: str) -> Path:
    return site.folder / f"{process}.pid"


def _is_up(site: Site, name: str) -> bool:
    return all(running(_pid_file(site, process)) is not None for process in _PROCESSES[name])


def _with_free_ports(site: Site, missing: Sequence[str]) -> Site:
    """Keep the remembered ports, except those that somebody else has taken since."""
    down = [p for name in missing for p in _PROCESSES[name] if running(_pid_file(site, p)) is None]
    taken = [port for process in down for port in _PORTS[process] if not is_free(site.ports[port])]
    return keep_ports(site, {**site.ports, **free_ports(taken)}) if taken else site


def _start(site: Site, name: str, *, durable: bool, say: Say) -> None:
    began = time.monotonic()
    for process in _PROCESSES[name]:
        server = _server(site, process, durable=durable)
        if running(_pid_file(site, process)) is None:
            spawn(server, _pid_file(site, process))
        _wait_until_it_answers(server, _pid_file(site, process))
    say(f"{name} answers on port {server.port} after {time.monotonic() - began:.1f} s")


def _server(site: Site, process: str, *, durable: bool) -> Server:
    if process == "postgres":
        return postgres(site, durable=durable)
    return {"epmd": epmd, "rabbitmq": rabbitmq, "dovecot": dovecot}[process](site)


def _wait_until_it_answers(server: Server, pid_file: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while True:
        alive = running(pid_file) is not None
        try:
            server.answers()
        except OSError as error:
            if not alive:
                raise CamError(f"{server.name} did not start: {_last_lines(server.log)}") from error
            if time.monotonic() > deadline:
                raise CamError(f"{server.name} does not answer ({error}): {_last_lines(server.log)}") from error
            time.sleep(0.05)
        else:
            return


def _last_lines(log: Path) -> str:
    """Return the end of a log as one line."""
    try:
        lines = log.read_text(encoding="utf-8", errors="replace").split("\n")
    except OSError:
        return "it left no log"
    said = [" ".join(line.split()) for line in lines if line.strip()]
    return f"{' | '.join(said[-3:])[-400:] or 'it said nothing'} (see {log})"


def _end(site: Site, names: Iterable[str], *, delete: bool) -> list[str]:
    """End the processes of servers, the dependent one first; return which servers there were."""
    with ThreadPoolExecutor(len(NAMES)) as pool:
        found = list(pool.map(partial(_end_one, site, delete=delete), names))
    return [name for name in found if name]


def _end_one(site: Site, name: str, *, delete: bool) -> str:
    found = False
    for process in reversed(_PROCESSES[name]):
        gentle, forced = STOP_SIGNALS.get(process, (signal.SIGTERM, signal.SIGKILL))
        found |= end(_pid_file(site, process), forced if delete else gentle, forced, _STOP_SECONDS)
    return name if found else ""
