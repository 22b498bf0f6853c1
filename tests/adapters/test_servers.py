"""The private servers: they really start, twice does no harm, and what is not theirs is left alone."""

import imaplib
import os
import shutil
import smtplib
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import psycopg2
import pytest

from console import servers
from console.servers.addresses import addresses
from console.servers.site import find_site
from shared.errors import CamError, ConfigurationError
from tests.waiting import eventually


@pytest.fixture
def checkout() -> Iterator[Path]:
    """Make a folder that only we can enter, like the clone of a careful root; its path is short, as real ones are."""
    folder = Path(tempfile.mkdtemp(prefix="cam-servers-"))
    assert folder.stat().st_mode & 0o777 == 0o700
    yield folder
    servers.stop(folder, delete=True)
    shutil.rmtree(folder)


def test_a_checkout_that_others_cannot_enter_gets_all_three_servers_and_takes_them_down_again(checkout: Path) -> None:
    started = servers.start(checkout)
    site = find_site(checkout)
    assert site

    assert _may_create_databases_and_roles(started.database_url)
    assert all(_answers(port) for port in site.ports.values())
    # A server that listens on every address would answer on this one too (where 127.0.0.0/8 is all ours: Linux).
    assert not any(_answers(port, "127.0.0.2") for port in site.ports.values())
    httpx.get(f"{started.management_url}/api/overview").raise_for_status()
    _deliver(started, "anybody@anywhere.test")
    assert _mails(started, "anybody@anywhere.test") == 1

    assert servers.stop(checkout) == ["postgres", "rabbitmq", "dovecot"]
    assert not any(_answers(port) for port in site.ports.values())
    assert [server.pid for server in servers.status(checkout)] == [None, None, None]


def test_starting_twice_keeps_the_processes_and_a_restart_keeps_ports_passwords_and_data(checkout: Path) -> None:
    first = servers.start(checkout, only={"postgres", "dovecot"})
    pids = [server.pid for server in servers.status(checkout)]
    _deliver(first, "kept@cam.test")

    again = servers.start(checkout, only={"postgres", "dovecot"})
    assert [server.pid for server in servers.status(checkout)] == pids
    servers.stop(checkout)
    restarted = servers.start(checkout, only={"postgres", "dovecot"})

    assert first == again == restarted
    assert _may_create_databases_and_roles(restarted.database_url)
    assert _mails(restarted, "kept@cam.test") == 1


def test_a_remembered_port_that_somebody_took_meanwhile_is_replaced(checkout: Path) -> None:
    first = servers.start(checkout, only={"postgres"})
    servers.stop(checkout)

    with socket.create_server(("127.0.0.1", _port(first.database_url))):
        second = servers.start(checkout, only={"postgres"})

    assert _port(second.database_url) != _port(first.database_url)
    assert _may_create_databases_and_roles(second.database_url)


def test_stop_leaves_a_stranger_alone_who_got_the_pid_of_our_server(checkout: Path) -> None:
    servers.start(checkout, only={"dovecot"})
    servers.stop(checkout)
    stranger = subprocess.Popen(["sleep", "60"], start_new_session=True)
    site = find_site(checkout)
    assert site
    (site.folder / "dovecot.pid").write_text(f'{{"pid": {stranger.pid}, "mark": "another boot/1"}}', encoding="utf-8")

    assert servers.stop(checkout) == []

    assert stranger.poll() is None
    stranger.kill()
    stranger.wait()


def test_two_checkouts_side_by_side_share_nothing(checkout: Path) -> None:
    neighbour = Path(tempfile.mkdtemp(prefix="cam-servers-"))
    try:
        ours, theirs = servers.start(checkout, only={"postgres"}), servers.start(neighbour, only={"postgres"})
        assert ours.database_url != theirs.database_url
        servers.stop(neighbour, delete=True)
        assert _may_create_databases_and_roles(ours.database_url)
        assert find_site(neighbour) is None
    finally:
        servers.stop(neighbour, delete=True)
        shutil.rmtree(neighbour)


def test_a_server_that_does_not_start_says_why_in_one_line_and_leaves_nothing_running(checkout: Path) -> None:
    servers.start(checkout, only={"postgres"})
    servers.stop(checkout)
    site = find_site(checkout)
    assert site
    (site.folder / "postgres" / "data" / "global" / "pg_control").unlink()

    with pytest.raises(CamError, match=r"(?s)postgres did not start: .*pg_control") as caught:
        servers.start(checkout, only={"postgres", "dovecot"})

    assert "\n" not in str(caught.value)
    eventually(lambda: all(server.pid is None for server in servers.status(checkout)))


def test_secrets_are_for_nobody_else(checkout: Path) -> None:
    started = servers.start(checkout, only={"dovecot"})
    site = find_site(checkout)
    assert site
    assert addresses(site) == started
    readable = [path for path in site.folder.rglob("*") if path.is_file() and path.stat().st_mode & 0o004]
    assert not [path.name for path in readable if started.mail_password in path.read_text(encoding="utf-8")]
    with imaplib.IMAP4(started.imap_host, started.imap_port) as connection, pytest.raises(imaplib.IMAP4.error):
        connection.login("anybody@cam.test", "guessed")


def test_an_unknown_server_is_refused_by_name(checkout: Path) -> None:
    with pytest.raises(ConfigurationError, match="'oracle': choose from postgres, rabbitmq, dovecot"):
        servers.start(checkout, only={"oracle"})
    assert servers.status(checkout) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can leave its rights")
def test_an_ordinary_user_has_servers_too() -> None:
    script = (
        "import os, sys, pathlib\n"
        "import encodings.idna\n"  # what is loaded later may be out of the other user's reach
        "from console import servers\n"
        "os.setgroups([]); os.setgid(65534); os.setuid(65534)\n"
        "root = pathlib.Path(sys.argv[1]); servers.start(root)\n"
        "print(*servers.stop(root, delete=True))"
    )
    folder = Path(tempfile.mkdtemp(prefix="cam-servers-"))
    os.chown(folder, 65534, 65534)
    try:
        printed = subprocess.check_output([sys.executable, "-c", script, str(folder)], text=True)
        assert printed.split() == ["postgres", "rabbitmq", "dovecot"]
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _port(url: str) -> int:
    port = urlsplit(url).port
    assert port
    return port


def _answers(port: int, host: str = "127.0.0.1") -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((host, port)) == 0


def _may_create_databases_and_roles(url: str) -> bool:
    connection = psycopg2.connect(url)
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT rolcreatedb AND rolcreaterole FROM pg_roles WHERE rolname = current_user")
            return cursor.fetchone() == (True,)
    finally:
        connection.close()


def _deliver(started: servers.Servers, address: str) -> None:
    with smtplib.LMTP(started.lmtp_host, started.lmtp_port) as connection:
        connection.sendmail("sender@cam.test", [address], b"Subject: hello\r\n\r\nWorld\r\n")


def _mails(started: servers.Servers, address: str) -> int:
    with imaplib.IMAP4(started.imap_host, started.imap_port) as connection:
        connection.login(address, started.mail_password)
        _, folders = connection.list()
        assert any(b"\\Junk" in folder for folder in folders if isinstance(folder, bytes))
        _, count = connection.select("INBOX")
        return int(count[0] or 0)
