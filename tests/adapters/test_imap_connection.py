"""One IMAP connection: how it waits for news, and how it tells why there is none."""

import socket
import threading
import time
from contextlib import closing

import pytest

from chaos.proxy import HOST, Proxy
from services.inbox.imap import ImapConnection, ImapServer, LoginRefusedError, ServerAwayError
from tests.adapters.inbox import QUICK, PostOffice


def test_a_refused_password_and_an_absent_server_are_told_apart(office: PostOffice) -> None:
    server = ImapServer(office.server.imap_host, office.server.imap_port, "none", office.account.address)
    with pytest.raises(LoginRefusedError):
        ImapConnection(server, "wrong", 5)

    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    with pytest.raises(ServerAwayError):
        ImapConnection(ImapServer("127.0.0.1", port, "none", "x"), "wrong", 5)


def test_idle_ends_when_its_time_is_over_and_the_connection_goes_on(office: PostOffice) -> None:
    server = ImapServer(office.server.imap_host, office.server.imap_port, "none", office.account.address)
    with closing(ImapConnection(server, office.account.password, QUICK.timeout)) as connection:
        connection.open("INBOX")
        assert connection.can_idle
        assert not connection.idle(0.1)
        assert connection.uids_from(1) == []


def test_a_connection_that_is_cut_while_idle_is_noticed_at_once(office: PostOffice) -> None:
    with Proxy((office.server.imap_host, office.server.imap_port)) as road:
        server = ImapServer(HOST, road.port, "none", office.account.address)
        with closing(ImapConnection(server, office.account.password, QUICK.timeout)) as connection:
            connection.open("INBOX")
            threading.Timer(0.2, road.shut).start()
            began = time.monotonic()
            with pytest.raises(ServerAwayError):
                connection.idle(5)
            assert time.monotonic() - began < 2


@pytest.mark.timeout(60)
def test_a_server_that_falls_silent_during_idle_is_noticed_long_before_the_usual_timeout(office: PostOffice) -> None:
    server, account = office.server, office.account
    with Proxy((server.imap_host, server.imap_port)) as proxy:
        behind_proxy = ImapServer(HOST, proxy.port, "none", account.address)
        with closing(ImapConnection(behind_proxy, account.password, 3600)) as connection:
            connection.open("INBOX")
            proxy.half_open()
            with pytest.raises(ServerAwayError):
                connection.idle(0.1)
