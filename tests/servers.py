"""Where the tests' servers come from, each started only when a test first needs it.

PostgreSQL and RabbitMQ: `TEST_DATABASE_URL` and `TEST_AMQP_URL` (with `TEST_AMQP_MANAGEMENT_URL`) if set; else
containers, if a Docker engine answers that already has the images (nothing is pulled); else private native instances
in a temporary folder. `CAM_TEST_SERVERS=native` or `=containers` decides by hand. Dovecot is always a native instance.
"""

import json
import os
import shutil
import socket
import tempfile
import warnings
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

import httpx
import psycopg2

from console import servers as native
from tests.endpoints import Broker, Mailserver
from tests.waiting import eventually

POSTGRES_IMAGE = "postgres:17"
RABBITMQ_IMAGE = "rabbitmq:4-management"
DOCKER_SOCKET = "/var/run/docker.sock"
_PREFIX = "cam-tests"
# The image's own plugins, and those with which the management console moves messages.
_WITH_SHOVEL = (
    "echo '[rabbitmq_management,rabbitmq_prometheus,rabbitmq_shovel,rabbitmq_shovel_management].'"
    " >/etc/rabbitmq/enabled_plugins && exec docker-entrypoint.sh rabbitmq-server"
)


class ServerSource(Protocol):
    """Something that can start the tests' servers."""

    def database_url(self) -> str:
        """Return a PostgreSQL login that may create databases and roles."""

    def broker(self) -> Broker:
        """Return a RabbitMQ whose login may create virtual hosts."""


class NativeServers:
    """Private instances in a temporary folder; PostgreSQL does not wait for the disk."""

    def __init__(self) -> None:
        self._root: Path | None = None

    def database_url(self) -> str:
        """Start PostgreSQL."""
        return self._start("postgres").database_url

    def broker(self) -> Broker:
        """Start RabbitMQ."""
        servers = self._start("rabbitmq")
        return Broker(servers.amqp_url, servers.management_url)

    def mailserver(self) -> Mailserver:
        """Start Dovecot."""
        s = self._start("dovecot")
        return Mailserver(s.imap_host, s.imap_port, s.lmtp_host, s.lmtp_port, s.mail_password)

    def close(self) -> None:
        """Stop and delete what was started."""
        if self._root:
            _remove(self._root)

    def _start(self, name: str) -> native.Servers:
        if self._root is None:
            _remove_what_killed_runs_left()
            self._root = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}-{os.getpid()}-"))
            self._root.chmod(0o711)
        return native.start(self._root, only={name}, durable=False)


class ContainerServers:
    """Containers of the production images."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack

    def database_url(self) -> str:
        """Start PostgreSQL."""
        environment = {"POSTGRES_USER": "cam", "POSTGRES_PASSWORD": "cam", "POSTGRES_DB": "cam"}
        address = self._run(POSTGRES_IMAGE, environment, [5432], "postgres -c fsync=off -c max_connections=300")
        url = f"postgresql://cam:cam@{address(5432)}/cam"
        eventually(lambda: _connects(url), deadline_seconds=60)
        return url

    def broker(self) -> Broker:
        """Start RabbitMQ."""
        environment = {"RABBITMQ_DEFAULT_USER": "cam", "RABBITMQ_DEFAULT_PASS": "cam"}
        address = self._run(RABBITMQ_IMAGE, environment, [5672, 15672], ["bash", "-c", _WITH_SHOVEL])
        broker = Broker(f"amqp://cam:cam@{address(5672)}/", f"http://cam:cam@{address(15672)}")
        eventually(lambda: _management_answers(broker.management_url), deadline_seconds=90)
        return broker

    def _run(
        self, image: str, environment: dict[str, str], ports: list[int], command: str | list[str]
    ) -> Callable[[int], str]:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what testcontainers deprecates in itself is not ours to fix
            from testcontainers.core.config import testcontainers_config  # noqa: PLC0415 - slow, seldom needed
            from testcontainers.core.container import DockerContainer  # noqa: PLC0415 - as above

            # Its reaper is one more image, which would be pulled; the session's end removes the containers.
            testcontainers_config.ryuk_disabled = True
            container = DockerContainer(image).with_exposed_ports(*ports)
            for name, value in environment.items():
                container = container.with_env(name, value)
            self._stack.enter_context(container.with_command(command))
        return lambda port: f"{container.get_container_host_ip()}:{container.get_exposed_port(port)}"


class TestServers:
    """The servers of one test run, by the rules above."""

    __test__ = False  # its name begins with Test, but it holds none

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._native = NativeServers()
        self._stack.callback(self._native.close)
        self._source: ServerSource | None = None

    def database_url(self) -> str:
        """Return a PostgreSQL login that may create databases and roles."""
        return os.environ.get("TEST_DATABASE_URL") or self._chosen().database_url()

    def broker(self) -> Broker:
        """Return a RabbitMQ whose login may create virtual hosts."""
        amqp_url = os.environ.get("TEST_AMQP_URL")
        if not amqp_url:
            return self._chosen().broker()
        login = urlsplit(amqp_url)
        default = f"http://{login.username}:{login.password}@{login.hostname}:15672"
        return Broker(amqp_url, os.environ.get("TEST_AMQP_MANAGEMENT_URL", default).rstrip("/"))

    def mailserver(self) -> Mailserver:
        """Return a Dovecot."""
        shared = os.environ.get("CAM_TEST_MAILSERVER")
        return Mailserver(**json.loads(shared)) if shared else self._native.mailserver()

    def share(self) -> None:
        """Start all servers and name them in the environment, where the workers of a parallel run find them."""
        broker = self.broker()
        os.environ["TEST_DATABASE_URL"] = self.database_url()
        os.environ["TEST_AMQP_URL"] = broker.amqp_url
        os.environ["TEST_AMQP_MANAGEMENT_URL"] = broker.management_url
        os.environ["CAM_TEST_MAILSERVER"] = json.dumps(asdict(self.mailserver()))

    def close(self) -> None:
        """Stop what was started."""
        self._stack.close()

    def _chosen(self) -> ServerSource:
        if self._source is None:
            wish = os.environ.get("CAM_TEST_SERVERS", "")
            containers = wish == "containers" or (wish != "native" and _docker_has_the_images())
            self._source = ContainerServers(self._stack) if containers else self._native
        return self._source


def _docker_has_the_images() -> bool:
    if not (os.environ.get("DOCKER_HOST") or _listens(DOCKER_SOCKET)):
        return False
    import docker  # type: ignore[import-untyped]  # noqa: PLC0415 - no stubs; slow and seldom needed
    from docker.errors import DockerException  # type: ignore[import-untyped]  # noqa: PLC0415 - as above

    try:
        client = docker.from_env(timeout=2)
        try:
            for image in (POSTGRES_IMAGE, RABBITMQ_IMAGE):
                client.images.get(image)
        finally:
            client.close()
    except (DockerException, OSError):
        return False
    return True


def _listens(path: str) -> bool:
    """Tell whether an engine is there, or only the socket of one that has gone; docker's client would leak that one."""
    with socket.socket(socket.AF_UNIX) as probe:
        probe.settimeout(2)
        return probe.connect_ex(path) == 0


def _connects(url: str) -> bool:
    try:
        psycopg2.connect(url, connect_timeout=2).close()
    except psycopg2.OperationalError:
        return False
    return True


def _management_answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/api/vhosts").is_success
    except httpx.TransportError:
        return False


def _remove(root: Path) -> None:
    native.stop(root, delete=True)
    shutil.rmtree(root, ignore_errors=True)


def _remove_what_killed_runs_left() -> None:
    for left in Path(tempfile.gettempdir()).glob(f"{_PREFIX}-*-*"):
        owner = left.name.split("-")[2]
        ours = left.is_dir() and not left.is_symlink() and left.stat().st_uid == os.geteuid()
        if ours and owner.isdigit() and not _lives(int(owner)):
            _remove(left)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
