"""The services as processes, as many of each as wanted, started again when they die as a restart policy would."""

import os
import signal
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random

from console.processes import ALL, OnLine, ServiceProcesses

# A restart policy begins with a fraction of a second, and so often as we kill it must not learn to wait.
RESTART_SECONDS = 0.2
STOP_SECONDS = 15.0


class Replica:
    """One place for a service's process."""

    def __init__(
        self, name: str, service: str, environment: Mapping[str, str], *, on_line: OnLine, folder: Path
    ) -> None:
        self.name = name
        self.service = service
        self.frozen = False
        self.births = 0
        self._last_pid = 0
        self._processes = ServiceProcesses(
            environment,
            [service],
            on_line=lambda who, line: on_line(name if who != "cam" else who, line),
            folder=folder,
            longest_pause_seconds=RESTART_SECONDS,
        )

    def start(self) -> None:
        """Start the process."""
        self._processes.start()

    def poll(self) -> bool:
        """Start it again if it died; tell whether it runs."""
        running = not self._processes.poll()
        for pid in self._processes.pids().values():
            self.births += pid != self._last_pid
            self._last_pid = pid
        return running

    def pid(self) -> int | None:
        """Return the process's id, or None between a death and the next start."""
        return next(iter(self._processes.pids().values()), None) if self.poll() else None

    def signal(self, number: signal.Signals) -> bool:
        """Send a signal; tell whether there was a process to get it."""
        pid = self.pid()
        if pid is not None:
            os.kill(pid, number)
        return pid is not None

    def stop(self, deadline_seconds: float) -> tuple[int, float]:
        """Drain it (SIGTERM); return its exit status and how many seconds that took."""
        began = time.monotonic()
        (status,) = self._processes.stop(deadline_seconds).values()
        return status, time.monotonic() - began


class Fleet:
    """All replicas; use it from one thread, and call `poll` regularly."""

    def __init__(self, environment: Mapping[str, str], *, on_line: OnLine, folder: Path, random: Random) -> None:
        self.kills = 0
        self.restarts = 0
        self._environment = environment
        self._on_line = on_line
        self._folder = folder
        self._random = random
        self._replicas: list[Replica] = []
        self._numbers = dict.fromkeys(ALL, 0)

    def start(self, scale: Mapping[str, int]) -> None:
        """Start so many of each service."""
        for service, number in scale.items():
            self.scale(service, number)

    def scale(self, service: str, number: int) -> list[tuple[int, float]]:
        """Add or drain replicas of a service; return status and seconds of each that was drained."""
        there = self.of(service)
        for _ in range(number - len(there)):
            self._numbers[service] += 1
            name = f"{service}.{self._numbers[service]}"
            replica = Replica(name, service, self._environment, on_line=self._on_line, folder=self._folder)
            self._replicas.append(replica)
            replica.start()
        return [self.drain(replica) for replica in there[number:]]

    def of(self, service: str) -> list[Replica]:
        """Return the replicas of a service."""
        return [replica for replica in self._replicas if replica.service == service]

    def poll(self) -> list[str]:
        """Start again who died; return the names of those that are down or frozen."""
        return [replica.name for replica in self._replicas if replica.frozen or not replica.poll()]

    def kill(self, service: str) -> bool:
        """SIGKILL a replica of a service; tell whether it was alive."""
        hit = self._random.choice(self.of(service)).signal(signal.SIGKILL)
        self.kills += hit
        return hit

    def exits(self) -> int:
        """Return how often a service ended although nobody killed or drained it."""
        births = sum(max(0, replica.births - 1) for replica in self._replicas)
        return births - self.kills - self.restarts

    def freeze(self, replica: Replica) -> bool:
        """SIGSTOP a replica; tell whether it was alive."""
        replica.frozen = replica.signal(signal.SIGSTOP)
        return replica.frozen

    def thaw_all(self) -> None:
        """SIGCONT all replicas, also those that a fault point stopped."""
        for replica in self._replicas:
            self.thaw(replica)

    def thaw(self, replica: Replica) -> None:
        """SIGCONT a replica."""
        replica.signal(signal.SIGCONT)
        replica.frozen = False

    def restart(self, replica: Replica, deadline_seconds: float = 10.0) -> tuple[int, float]:
        """Drain a replica and start it again; return its exit status and how many seconds the drain took."""
        ended = replica.stop(deadline_seconds)
        replica.start()
        self.restarts += 1
        return ended

    def drain(self, replica: Replica, deadline_seconds: float = STOP_SECONDS) -> tuple[int, float]:
        """Drain a replica for good; return its exit status and how many seconds that took."""
        self._replicas.remove(replica)
        return replica.stop(deadline_seconds)

    def close(self) -> dict[str, int]:
        """Drain all, side by side; return each one's exit status."""
        leaving, self._replicas = self._replicas, []
        for replica in leaving:
            self.thaw(replica)
        with ThreadPoolExecutor(max(1, len(leaving))) as pool:
            statuses = pool.map(lambda replica: replica.stop(STOP_SECONDS)[0], leaving)
            return {replica.name: status for replica, status in zip(leaving, statuses, strict=True)}
