"""A private RabbitMQ with its management console: own node name, own epmd, own cookie, own plugins."""

import os
import socket
from pathlib import Path

from console.servers.accounts import Account, account
from console.servers.addresses import USER
from console.servers.programs import program
from console.servers.server import Server, base_environment, own_folder, write_config
from console.servers.site import HOST, Site

_AMQP_GREETING = b"AMQP\x00\x00\x09\x01"
_METHOD_FRAME = b"\x01"
_CONFIG = """\
listeners.tcp.local = {host}:{amqp}
management.tcp.ip = {host}
management.tcp.port = {management}
default_user = {user}
default_pass = {password}
default_user_tags.administrator = true
log.console = false
log.file = rabbit.log
log.file.level = warning
"""
# The shovel is what the console moves messages with.
_PLUGINS = "[rabbitmq_management,rabbitmq_shovel,rabbitmq_shovel_management].\n"


def epmd(site: Site) -> Server:
    """Prepare Erlang's port mapper: RabbitMQ needs one, and the machine's own is not ours to use."""
    who = account("rabbitmq")
    port = site.ports["epmd"]
    folder = own_folder(site, "epmd", who)
    return Server(
        name="epmd",
        port=port,
        account=who,
        command=[str(program("epmd")), "-address", HOST, "-port", str(port)],
        environment=base_environment(folder),
        log=folder / "server.log",
        answers=lambda: socket.create_connection((HOST, port), timeout=3).close(),
    )


def rabbitmq(site: Site) -> Server:
    """Prepare RabbitMQ; it answers when it greets an AMQP client, which it does after its plugins are up."""
    who = account("rabbitmq")
    folder = own_folder(site, "rabbitmq", who)
    _write_cookie(folder, site.secrets["cookie"], who)
    return Server(
        name="rabbitmq",
        port=site.ports["rabbitmq"],
        account=who,
        command=[str(program("rabbitmq-server"))],
        environment=base_environment(folder) | _environment(site, folder, who),
        log=folder / "server.log",
        answers=lambda: _answers(site.ports["rabbitmq"]),
    )


def _environment(site: Site, folder: Path, who: Account) -> dict[str, str]:
    config = site.folder / "config"
    text = _CONFIG.format(
        host=HOST,
        amqp=site.ports["rabbitmq"],
        management=site.ports["management"],
        user=USER,
        password=site.secrets["rabbitmq"],
    )
    return {
        "ERL_EPMD_PORT": str(site.ports["epmd"]),
        "ERL_EPMD_ADDRESS": HOST,
        "RABBITMQ_NODENAME": "cam@localhost",
        "RABBITMQ_DIST_PORT": str(site.ports["distribution"]),
        "RABBITMQ_CONF_ENV_FILE": str(write_config(config / "rabbitmq-env.conf", "", who)),
        "RABBITMQ_CONFIG_FILE": str(write_config(config / "rabbitmq.conf", text, who)),
        "RABBITMQ_CONFIG_FILES": str(config / "rabbitmq.d" / "*.conf"),
        "RABBITMQ_ADVANCED_CONFIG_FILE": str(config / "rabbitmq-advanced.config"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(write_config(config / "rabbitmq-plugins", _PLUGINS, who)),
        "RABBITMQ_MNESIA_BASE": str(folder / "data"),
        "RABBITMQ_LOG_BASE": str(folder / "log"),
        "RABBITMQ_PID_FILE": str(folder / "rabbitmq.pid"),
        # The start script then becomes the Erlang machine instead of staying as its parent: our pid is the broker's.
        "RABBITMQ_ALLOW_INPUT": "true",
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": (
            "-noinput -start_epmd false -kernel inet_dist_use_interface {127,0,0,1} +S 2:2 +sbwt none"
        ),
    }


def _write_cookie(folder: Path, cookie: str, who: Account) -> None:
    path = folder / ".erlang.cookie"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(cookie, encoding="utf-8")
        os.chown(path, who.uid, who.gid)
        path.chmod(0o400)


def _answers(port: int) -> None:
    with socket.create_connection((HOST, port), timeout=3) as connection:
        connection.sendall(_AMQP_GREETING)
        if connection.recv(1) != _METHOD_FRAME:
            raise ConnectionError("no AMQP greeting yet")
