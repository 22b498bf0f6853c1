"""RabbitMQ 4 as a container, beside private PostgreSQL and Dovecot: the broker of production, with a plug to pull."""

import os
import socket
import subprocess
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import httpx

from chaos.machines import RESTART_SECONDS, NativeMachines, Say
from console.servers.site import HOST, free_ports
from shared.errors import CamError

IMAGE = "rabbitmq:4-management"
_LOGIN = "cam:cam"
_COMMAND_SECONDS = 60
_GREETING = b"AMQP\x00\x00\x09\x01"


class BrokerInContainer:
    """As `NativeMachines`, but RabbitMQ is a container of an image that is there already (nothing is pulled)."""

    def __init__(self, root: Path, say: Say) -> None:
        self._name = f"cam-chaos-{os.getpid()}"
        self._ports = free_ports(["amqp", "management"])
        amqp, management = self._ports["amqp"], self._ports["management"]
        self._native = NativeMachines(root, say, only={"postgres", "dovecot"})
        self.addresses = replace(
            self._native.addresses,
            amqp_url=f"amqp://{_LOGIN}@{HOST}:{amqp}/",
            management_url=f"http://{_LOGIN}@{HOST}:{management}",
        )
        published = ("--publish", f"{HOST}:{amqp}:5672", "--publish", f"{HOST}:{management}:15672")
        login = ("--env", "RABBITMQ_DEFAULT_USER=cam", "--env", "RABBITMQ_DEFAULT_PASS=cam")
        try:
            _docker("run", "--detach", "--pull", "never", "--name", self._name, *published, *login, IMAGE)
            self._wait()
        except BaseException:
            self.close()
            raise
        say(f"{IMAGE} answers on port {amqp}")

    def kill(self, server: str, *, gently: bool = False) -> None:
        """Kill the container's process at once, or the native server."""
        if server == "rabbitmq":
            _docker("kill", "--signal", "KILL", self._name)
        else:
            self._native.kill(server, gently=gently)

    def start(self, server: str) -> None:
        """Start it again, with its data and its ports."""
        if server == "rabbitmq":
            _docker("start", self._name)
            self._wait()
        else:
            self._native.start(server)

    def save_logs(self, folder: Path) -> None:
        """Copy the servers' logs so far."""
        self._native.save_logs(folder)
        (folder / "rabbitmq.log").write_text(_docker("logs", self._name), encoding="utf-8")

    def close(self) -> None:
        """Stop and delete everything."""
        subprocess.run(["docker", "rm", "--force", "--volumes", self._name], capture_output=True, check=False)  # noqa: S603, S607 - our own container
        self._native.close()

    def _wait(self) -> None:
        deadline = time.monotonic() + RESTART_SECONDS
        while not (_is_true(self._greets) and _is_true(self._manages)):
            if time.monotonic() > deadline:
                raise CamError(f"{IMAGE} does not answer")
            time.sleep(0.1)

    def _greets(self) -> bool:
        with socket.create_connection((HOST, self._ports["amqp"]), timeout=3) as connection:
            connection.sendall(_GREETING)
            return connection.recv(1) == b"\x01"

    def _manages(self) -> bool:
        return httpx.get(f"{self.addresses.management_url}/api/vhosts", timeout=5, trust_env=False).is_success


def _is_true(condition: Callable[[], bool]) -> bool:
    try:
        return condition()
    except (OSError, httpx.HTTPError):
        return False


def _docker(*words: str) -> str:
    try:
        done = subprocess.run(  # noqa: S603 - fixed commands
            ["docker", *words],  # noqa: S607 - where it is, is the user's affair
            capture_output=True,
            text=True,
            timeout=_COMMAND_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise CamError(f"--broker container needs a Docker engine: {error}") from None
    if done.returncode != 0:
        raise CamError(f"docker {words[0]} failed: {done.stderr.strip()[-200:]}")
    return done.stdout + done.stderr
