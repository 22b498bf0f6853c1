"""Runs the services as child processes of one terminal: starts, restarts, and drains them."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

from shared.errors import ConfigurationError

ALL = ("decision", "classifier", "alerter", "sender", "inbox")
FIRST_RESTART_SECONDS = 0.5
LAST_RESTART_SECONDS = 30.0
# A child that lived this long starts again with the shortest pause.
STEADY_SECONDS = 60.0
KILL_PATIENCE_SECONDS = 2.0
_ROOT = Path(__file__).resolve().parents[1]
# On Linux the kernel drains the children of a parent that was killed; 1 is PR_SET_PDEATHSIG (prctl(2)).
_CHILD = (
    "import ctypes, os, runpy, signal, sys\n"
    "parent, module = int(sys.argv.pop(1)), sys.argv.pop(1)\n"
    "if sys.platform == 'linux': ctypes.CDLL(None).prctl(1, signal.SIGTERM)\n"
    "if os.getppid() == parent: runpy.run_module(module, run_name='__main__', alter_sys=True)\n"
)

OnLine = Callable[[str, str], None]


@dataclass
class _Child:
    """One place for a process: who is in it now, and when it may be filled again."""

    name: str
    service: str
    metrics_port: int = 0
    process: subprocess.Popen[str] | None = None
    started_at: float = 0
    restart_at: float = 0
    pause: float = FIRST_RESTART_SECONDS
    last_status: int = 0
    reader: threading.Thread | None = None


class ServiceProcesses:
    """Children in process groups of their own, so that Ctrl-C reaches us alone and we drain them in order.

    `on_line` is called from reader threads with the child's name and one line that it wrote; ours are named `cam`.
    The children run in `folder` (None: the current one), where they look for `.env`. One that keeps ending is started
    again after longer and longer pauses, up to `longest_pause_seconds`. A port for metrics in the environment is the
    first of several: see `metrics_ports`.
    """

    def __init__(
        self,
        environment: Mapping[str, str],
        services: Sequence[str] = ALL,
        scale: Mapping[str, int] | None = None,
        *,
        on_line: OnLine,
        folder: Path | None = None,
        longest_pause_seconds: float = LAST_RESTART_SECONDS,
    ) -> None:
        path = os.pathsep.join(part for part in (str(_ROOT), environment.get("PYTHONPATH")) if part)
        self._environment = {**environment, "PYTHONUNBUFFERED": "1", "PYTHONPATH": path}
        self._folder = folder
        self._on_line = on_line
        self._longest_pause = longest_pause_seconds
        ports = metrics_ports(environment.get("AICMO_METRICS_PORT", ""), services, scale)
        self._children = [
            _Child(name, service, ports.get(name, 0)) for service in services for name in _names(service, scale or {})
        ]
        for child in self._children:
            child.pause = min(child.pause, longest_pause_seconds)

    def start(self) -> None:
        """Start every child; returns at once, while they are still waking up."""
        for child in self._children:
            self._start(child)

    def poll(self) -> list[str]:
        """Notice who exited, start again whose pause is over, and return the names of those that are down.

        Call it regularly, always from the thread that called `start`.
        """
        for child in self._children:
            if child.process is not None and child.process.poll() is not None:
                self._bury(child)
            if child.process is None and child.last_status != 0 and time.monotonic() >= child.restart_at:
                self._start(child)
        return [child.name for child in self._children if child.process is None]

    def stop(self, deadline_seconds: float = 10.0) -> dict[str, int]:
        """Drain all children (SIGTERM), kill who did not stop in time, and return each one's exit status."""
        for child in self._children:
            self._signal(child, signal.SIGTERM)
        deadline = time.monotonic() + deadline_seconds
        statuses = {child.name: self._wait(child, deadline) for child in self._children}
        for child in self._children:
            if child.reader:
                child.reader.join(KILL_PATIENCE_SECONDS)
        return statuses

    def resident_bytes(self) -> dict[str, int]:
        """Return how much memory each running child holds (empty where there is no /proc)."""
        sizes = {}
        for child in self._children:
            statm = Path(f"/proc/{child.process.pid}/statm") if child.process else None
            if statm and statm.exists():
                sizes[child.name] = int(statm.read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
        return sizes

    def pids(self) -> dict[str, int]:
        """Return the process id of each running child."""
        return {child.name: child.process.pid for child in self._children if child.process}

    def _start(self, child: _Child) -> None:
        child.process = subprocess.Popen(  # noqa: S603 - our own interpreter and our own module
            [sys.executable, "-c", _CHILD, str(os.getpid()), f"services.{child.service}"],
            env=self._environment | ({"AICMO_METRICS_PORT": str(child.metrics_port)} if child.metrics_port else {}),
            cwd=self._folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            process_group=0,
        )
        child.started_at = time.monotonic()
        child.reader = threading.Thread(target=self._read, args=(child.name, child.process), daemon=True)
        child.reader.start()

    def _read(self, name: str, process: subprocess.Popen[str]) -> None:
        with process.stdout or nullcontext(()) as lines:
            for line in lines:
                self._on_line(name, line.rstrip("\n"))

    def _bury(self, child: _Child) -> None:
        status = child.process.returncode if child.process else 0
        child.process = None
        if time.monotonic() - child.started_at > STEADY_SECONDS:
            child.pause = min(FIRST_RESTART_SECONDS, self._longest_pause)
        # Said once, and again only when it ends in another way.
        if status != child.last_status:
            self._on_line("cam", f"{child.name} {_ended(status)}" + ("; it is started again" if status else ""))
        child.last_status = status
        child.restart_at = time.monotonic() + child.pause
        child.pause = min(child.pause * 2, self._longest_pause)

    def _signal(self, child: _Child, number: int) -> None:
        if child.process is not None and child.process.poll() is None:
            child.process.send_signal(number)

    def _wait(self, child: _Child, deadline: float) -> int:
        if child.process is None:
            return child.last_status
        try:
            status = child.process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            self._on_line("cam", f"{child.name} did not stop in time and is killed")
            child.process.kill()
            status = child.process.wait(KILL_PATIENCE_SECONDS)
        child.process, child.last_status = None, status
        return status


def scaled(options: Sequence[str]) -> dict[str, int]:
    """Read `classifier=3`; raise `ConfigurationError` for anything else."""
    wanted = {}
    for option in options:
        service, _, number = option.partition("=")
        if service not in ALL or not number.isdecimal() or not 0 < int(number) <= 50:  # noqa: PLR2004 - more is a slip
            raise ConfigurationError(f"--scale {option}: write SERVICE=NUMBER, a service being one of {', '.join(ALL)}")
        wanted[service] = int(number)
    return wanted


def chosen(only: str) -> tuple[str, ...]:
    """Read `inbox,sender`; raise `ConfigurationError` for a service that does not exist."""
    names = tuple(name.strip() for name in only.split(",") if name.strip())
    unknown = [name for name in names if name not in ALL]
    if unknown:
        raise ConfigurationError(f"--only {unknown[0]}: choose from {', '.join(ALL)}")
    return names or ALL


def _names(service: str, scale: Mapping[str, int]) -> list[str]:
    number = scale.get(service, 1)
    return [service] if number == 1 else [f"{service}.{index}" for index in range(1, number + 1)]


def metrics_ports(first: str, services: Sequence[str] = ALL, scale: Mapping[str, int] | None = None) -> dict[str, int]:
    """Return the port of each child's metrics; nothing if `first` is no port.

    The five services have five in a row, always in the order of `ALL`; second replicas the five after them.
    """
    if not first.isdecimal() or int(first) == 0:
        return {}
    return {
        name: int(first) + ALL.index(service) + len(ALL) * replica
        for service in services
        for replica, name in enumerate(_names(service, scale or {}))
    }


def _ended(status: int) -> str:
    return f"was ended by {signal.Signals(-status).name}" if status < 0 else f"ended with status {status}"
