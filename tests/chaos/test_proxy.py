"""The proxy's weather: what goes in comes out, until it is told to misbehave."""

import socket
import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from chaos.proxy import HOST, Proxy
from tests.waiting import eventually


class _Echo(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    hung_up = 0


class _Answer(socketserver.BaseRequestHandler):
    server: _Echo
    request: socket.socket

    def handle(self) -> None:
        try:
            for data in iter(lambda: self.request.recv(65_536), b""):
                self.request.sendall(data)
        except ConnectionResetError:
            pass
        self.server.hung_up += 1


@pytest.fixture
def echo() -> Iterator[_Echo]:
    with _Echo((HOST, 0), _Answer) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def proxy(echo: _Echo) -> Iterator[Proxy]:
    with Proxy((HOST, echo.server_address[1])) as opened:
        yield opened


@contextmanager
def client(proxy: Proxy) -> Iterator[socket.socket]:
    """Connect through the proxy, and see that it carries."""
    with socket.create_connection((HOST, proxy.port), timeout=10) as connection:
        assert said(connection, b"hello") == b"hello"
        yield connection


def said(connection: socket.socket, words: bytes) -> bytes:
    """Send some words and return what comes back."""
    connection.sendall(words)
    return heard(connection, len(words))


def heard(connection: socket.socket, size: int) -> bytes:
    """Return the next bytes."""
    found = b""
    while len(found) < size:
        data = connection.recv(size - len(found))
        assert data, "the connection ended"
        found += data
    return found


def is_silent(connection: socket.socket) -> bool:
    """Tell whether nothing comes for a moment."""
    connection.settimeout(0.2)
    try:
        connection.recv(1)
    except TimeoutError:
        return True
    finally:
        connection.settimeout(10)
    return False


def test_in_fair_weather_everything_is_carried_and_the_end_is_told(proxy: Proxy, echo: _Echo) -> None:
    with client(proxy) as connection:
        much = bytes(range(256)) * 4096
        sender = threading.Thread(target=connection.sendall, args=(much,))
        sender.start()
        assert heard(connection, len(much)) == much
        sender.join()
        assert proxy.visitors == 1
    eventually(lambda: echo.hung_up == 1)
    eventually(lambda: proxy.visitors == 0)


def test_a_black_hole_swallows_nothing_for_good(proxy: Proxy) -> None:
    with client(proxy) as connection:
        proxy.black_hole()
        connection.sendall(b"are you there?")
        assert is_silent(connection)
        with socket.create_connection((HOST, proxy.port), timeout=10) as newcomer:
            newcomer.sendall(b"me too")
            assert is_silent(newcomer)
            proxy.clear()
            assert heard(newcomer, 6) == b"me too"
        assert heard(connection, 14) == b"are you there?"


def test_a_reset_reaches_both_sides(proxy: Proxy, echo: _Echo) -> None:
    with client(proxy) as connection:
        assert proxy.reset() == 1
        with pytest.raises(ConnectionResetError):
            connection.recv(1)
    eventually(lambda: echo.hung_up == 1)
    with client(proxy):
        pass


def test_latency_delays_every_piece_and_lets_pieces_overlap(proxy: Proxy) -> None:
    with client(proxy) as connection:
        proxy.latency(0.2)
        began = time.monotonic()
        for word in (b"one", b"two", b"six"):
            connection.sendall(word)
        assert heard(connection, 9) == b"onetwosix"
        assert time.monotonic() - began >= 0.4


def test_a_half_open_link_swallows_for_good_and_tells_neither_side(proxy: Proxy, echo: _Echo) -> None:
    with client(proxy) as connection, client(proxy) as quiet:
        assert proxy.half_open() == 2
        connection.sendall(b"anybody?")
        eventually(lambda: proxy.unheard == 1)
        with socket.create_connection((HOST, proxy.port), timeout=10) as newcomer:
            newcomer.sendall(b"me too")
            eventually(lambda: proxy.unheard == 2)
            proxy.clear()
            assert is_silent(newcomer)
        assert is_silent(connection)
        assert is_silent(quiet)
        assert echo.hung_up == 0
        with client(proxy):
            pass


def test_a_throttled_link_is_slow_and_complete(proxy: Proxy) -> None:
    with client(proxy) as connection:
        proxy.throttle(20_000)
        began = time.monotonic()
        assert said(connection, b"x" * 4000) == b"x" * 4000
        assert time.monotonic() - began >= 0.35


def test_a_server_that_is_away_ends_the_connection() -> None:
    with socket.socket() as taken:
        taken.bind((HOST, 0))
        address = taken.getsockname()
        with Proxy(address) as proxy, socket.create_connection((HOST, proxy.port), timeout=10) as connection:
            assert connection.recv(1) == b""


def test_a_link_that_is_shut_refuses_at_the_same_port_until_it_is_cleared(proxy: Proxy) -> None:
    port = proxy.port
    with client(proxy) as connection:
        proxy.shut()
        with pytest.raises(ConnectionResetError):
            connection.recv(1)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((HOST, port), timeout=10)
    proxy.clear()
    with client(proxy):
        assert proxy.port == port
