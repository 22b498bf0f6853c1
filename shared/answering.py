"""Connections to PostgreSQL that give up on a server that takes a query and never answers.

libpq waits for ever where the other side's kernel still acknowledges, as that of a frozen server or of a proxy
before it does; neither keepalive nor `tcp_user_timeout` sees that. A thread beside the connections ends what
waits too long by shutting the socket down, which libpq reports as a lost connection. A wait callback of psycopg2
would cost each query several times as much, and forbid COPY.
"""

import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import TracebackType
from typing import Any
from weakref import WeakSet

import psycopg2
from psycopg2.extensions import connection, cursor

WATCH_SECONDS = 1.0
THREAD_NAME = "database-answers"


class Wait:
    """Is entered while an answer of the server is waited for; after `seconds` the watch gives the connection up."""

    __slots__ = ("_age", "_waiting", "given_up", "seconds")

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.given_up = False
        self._waiting = False
        self._age = 0.0

    def __enter__(self) -> None:
        """Begin to wait."""
        self._age, self._waiting = 0.0, True

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        """Say why the connection is gone, if the watch ended it."""
        self._waiting = False
        if self.given_up and kind is not None:
            raise psycopg2.OperationalError(f"the server did not answer for {self.seconds:g} s") from error

    def grow(self, seconds: float) -> bool:
        """Let time pass; return whether it is too much."""
        if self._waiting:
            self._age += seconds
        return self._waiting and self._age >= self.seconds


class _Connection(connection):
    """Waits under watch for all that goes to the server and back."""

    wait: Wait

    def commit(self) -> None:
        with self.wait:
            super().commit()

    def rollback(self) -> None:
        with self.wait:
            super().rollback()


class _Cursor(cursor):
    """The same for statements, COPY, and the pieces of a server-side cursor."""

    connection: _Connection

    def execute(self, query: Any, vars: Any = None) -> None:  # noqa: A002, ANN401 - as in psycopg2
        with self.connection.wait:
            super().execute(query, vars)

    def executemany(self, query: Any, vars_list: Any) -> None:  # noqa: ANN401 - as in psycopg2
        with self.connection.wait:
            super().executemany(query, vars_list)

    def copy_expert(self, sql: Any, file: Any, size: int = 8192) -> None:  # noqa: ANN401 - as in psycopg2
        with self.connection.wait:
            super().copy_expert(sql, file, size)

    def fetchmany(self, size: int | None = None) -> list[tuple[Any, ...]]:
        with self.connection.wait:
            return super().fetchmany(self.arraysize if size is None else size)


class Watch:
    """Opens connections and watches them, in a thread that lives as long as there are some."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._connections: WeakSet[_Connection] = WeakSet()
        self._lock = threading.Lock()
        self._watching = False

    def connect(self, dsn: str, *options: object) -> connection:
        """Open a connection: psycopg2's `connection_factory`."""
        opened = _Connection(dsn, *options)
        opened.wait = Wait(self._seconds)
        opened.cursor_factory = _Cursor
        with self._lock:
            self._connections.add(opened)
            if not self._watching:
                self._watching = True
                threading.Thread(target=self._run, name=THREAD_NAME, daemon=True).start()
        return opened

    def _run(self) -> None:
        looked_at = time.monotonic()
        while there := self._there():
            now = time.monotonic()
            # A process that was stopped for a while has not been waiting for the server all that time.
            passed, looked_at = min(now - looked_at, 2 * WATCH_SECONDS), now
            for each in there:
                if each.wait.grow(passed):
                    _give_up(each)
            del there, each
            time.sleep(WATCH_SECONDS)

    def _there(self) -> list[_Connection]:
        with self._lock:
            there = [each for each in self._connections if not each.closed]
            self._watching = bool(there)
            return there


@contextmanager
def at_most(watched: object, seconds: float) -> Iterator[None]:
    """Wait for no longer than so for each answer in this block."""
    if not isinstance(watched, _Connection):
        raise TypeError(watched)
    usual = watched.wait.seconds
    watched.wait.seconds = min(seconds, usual)
    try:
        yield
    finally:
        watched.wait.seconds = usual


def _give_up(silent: _Connection) -> None:
    silent.wait.given_up = True
    with suppress(OSError, psycopg2.Error), socket.socket(fileno=os.dup(silent.fileno())) as twin:
        twin.shutdown(socket.SHUT_RDWR)
