"""The servers of a run, and how to pull their plugs."""

import os
import shutil
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from console import servers as native
from shared.errors import CamError

RESTART_SECONDS = 90.0
Say = Callable[[str], None]


class Machines(Protocol):
    """Servers that a scenario may kill and start again, where they were and with what they had."""

    addresses: native.Servers

    def kill(self, server: str, *, gently: bool = False) -> None:
        """End `rabbitmq` or `postgres` at once; `gently` lets PostgreSQL do it by its immediate shutdown."""

    def start(self, server: str) -> None:
        """Start it again and return when it answers."""

    def save_logs(self, folder: Path) -> None:
        """Copy the servers' logs so far."""


class NativeMachines:
    """Private instances that belong to this run alone."""

    def __init__(self, root: Path, say: Say, only: set[str] | None = None) -> None:
        self._root = root
        self.addresses = native.start(root, only=only, say=say)

    def kill(self, server: str, *, gently: bool = False) -> None:
        """Send SIGKILL (or SIGQUIT), and see the process gone."""
        pid = self._pid(server)
        if pid is None:
            raise CamError(f"{server} does not run")
        os.kill(pid, signal.SIGQUIT if gently else signal.SIGKILL)
        deadline = time.monotonic() + RESTART_SECONDS
        while self._pid(server) is not None and time.monotonic() < deadline:
            time.sleep(0.01)

    def start(self, server: str) -> None:
        """Start it again; a killed PostgreSQL refuses until its orphans are gone, so it is asked more than once."""
        deadline = time.monotonic() + RESTART_SECONDS
        while True:
            try:
                again = native.start(self._root, only={server})
            except CamError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.2)
            else:
                break
        if again != self.addresses:
            raise CamError(f"{server} came back at another address")

    def save_logs(self, folder: Path) -> None:
        """Copy the servers' logs so far."""
        for server in native.status(self._root):
            if server.log.exists():
                shutil.copyfile(server.log, folder / f"{server.name}.log")

    def close(self) -> None:
        """Stop and delete everything."""
        native.stop(self._root, delete=True)

    def _pid(self, server: str) -> int | None:
        return next(found.pid for found in native.status(self._root) if found.name == server)
