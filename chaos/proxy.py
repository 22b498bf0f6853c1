"""A TCP proxy that can be told to misbehave: it stands between the services and one server."""

import asyncio
import socket
import struct
import threading
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from typing import Self, TypeVar

T = TypeVar("T")

HOST = "127.0.0.1"
_CHUNK = 65_536
# More would be kept in memory for a reader that does not read.
_PIECES_ON_THE_WAY = 64


@dataclass(frozen=True, slots=True)
class Weather:
    """How the link is now: `delay_seconds` one way, `bytes_per_second` each way (0: no limit)."""

    delay_seconds: float = 0
    bytes_per_second: float = 0
    black_hole: bool = False


FAIR = Weather()


class Proxy:
    """One port of the loopback that leads to `behind`; its methods may be called from any thread."""

    def __init__(self, behind: tuple[str, int]) -> None:
        self.behind = behind
        self.port = 0
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="proxy", daemon=True)
        self._weather = FAIR
        self._cleared = asyncio.Event()
        self._silent = False
        self._visits: set[_Visit] = set()

    def __enter__(self) -> Self:
        """Listen on a free port."""
        self._thread.start()
        self.port = self._do(self._open())
        return self

    def __exit__(self, *_: object) -> None:
        """Hang up on everybody and stop listening."""
        self._do(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()

    @property
    def visitors(self) -> int:
        """Return how many connections there are now."""
        return self._do(self._count())

    @property
    def unheard(self) -> int:
        """Return how many of the connections said something that was swallowed."""
        return sum(visit.unheard for visit in list(self._visits))

    def clear(self) -> None:
        """Let everything through again, also what was held back; who is half-open remains so."""
        self._do(self._change(FAIR))
        self._do(self._listen())

    def shut(self) -> None:
        """Hang up on everybody and refuse new connections, as a server does that is down."""
        self._do(self._shut())

    def black_hole(self) -> None:
        """Carry nothing any more, in no direction, and tell nobody; new connections meet the same silence."""
        self._do(self._change(Weather(black_hole=True)))

    def latency(self, seconds: float) -> None:
        """Deliver everything so much later, in both directions."""
        self._do(self._change(Weather(delay_seconds=seconds)))

    def throttle(self, bytes_per_second: float) -> None:
        """Carry no more than so many bytes a second on each connection and in each direction."""
        self._do(self._change(Weather(bytes_per_second=bytes_per_second)))

    def reset(self) -> int:
        """Reset all connections (RST on both sides); return how many there were."""
        return self._do(self._each(lambda visit: visit.reset()))

    def half_open(self) -> int:
        """Swallow for good what all connections carry, and acknowledge it; return how many there were.

        No side learns of it, neither by a reset nor by a keepalive probe, as with a frozen server behind something
        that still answers for it. New connections are taken and swallowed as well, until it is cleared.
        """
        return self._do(self._fall_silent())

    def _do(self, work: Coroutine[object, object, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _open(self) -> int:
        self._cleared.set()
        self._server = await asyncio.start_server(self._visit, HOST, self.port)
        return int(self._server.sockets[0].getsockname()[1])

    async def _listen(self) -> None:
        if not self._server.is_serving():
            await self._open()

    async def _shut(self) -> None:
        self._server.close()
        await self._each(lambda visit: visit.reset())

    async def _close(self) -> None:
        self._server.close()
        await self._change(FAIR)
        await self._each(lambda visit: visit.reset())
        tasks = [visit.task for visit in self._visits if visit.task]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _count(self) -> int:
        return len(self._visits)

    async def _fall_silent(self) -> int:
        self._silent = True
        return await self._each(lambda visit: visit.fall_silent())

    async def _change(self, weather: Weather) -> None:
        self._weather, self._silent = weather, False
        if weather.black_hole:
            self._cleared.clear()
        else:
            self._cleared.set()

    async def _each(self, act: Callable[["_Visit"], None]) -> int:
        visits = list(self._visits)
        for visit in visits:
            act(visit)
        return len(visits)

    async def _visit(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        visit = _Visit(writer, asyncio.current_task(), silent=self._silent)
        self._visits.add(visit)
        try:
            await self._cleared.wait()
            with suppress(OSError, asyncio.IncompleteReadError):
                if visit.silent:
                    await self._carry(reader, visit.write_far)
                    return
                far_reader, visit.far = await asyncio.open_connection(*self.behind)
                await asyncio.gather(self._carry(reader, visit.write_far), self._carry(far_reader, visit.write_near))
        except asyncio.CancelledError:
            pass  # the proxy closes
        finally:
            self._visits.discard(visit)
            visit.close()

    async def _carry(self, source: asyncio.StreamReader, sink: Callable[[bytes], Awaitable[None]]) -> None:
        """Carry one direction to its end; what is read and what is written are two tasks, so that delays overlap."""
        way: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(_PIECES_ON_THE_WAY)
        delivering = asyncio.ensure_future(self._deliver(way, sink))
        try:
            data = b"-"
            while data and not delivering.done():
                data = await source.read(_CHUNK)
                await way.put((self._loop.time() + self._weather.delay_seconds, data))
            await delivering
        finally:
            delivering.cancel()

    async def _deliver(
        self, way: "asyncio.Queue[tuple[float, bytes]]", sink: Callable[[bytes], Awaitable[None]]
    ) -> None:
        while True:
            due, data = await way.get()
            await asyncio.sleep(max(0.0, due - self._loop.time()))
            if self._weather.bytes_per_second:
                await asyncio.sleep(len(data) / self._weather.bytes_per_second)
            await self._cleared.wait()
            await sink(data)
            if not data:
                return


class _Visit:
    """One connection through the proxy: the near side is the client's, the far side the server's."""

    def __init__(self, near: asyncio.StreamWriter, task: "asyncio.Task[None] | None", *, silent: bool) -> None:
        self.near = near
        self.far: asyncio.StreamWriter | None = None
        self.task = task
        self.silent = silent
        self.unheard = False

    async def write_far(self, data: bytes) -> None:
        if self.silent:
            self.unheard = self.unheard or bool(data)
        else:
            await _write(self.far, data)

    async def write_near(self, data: bytes) -> None:
        if not self.silent:
            await _write(self.near, data)

    def fall_silent(self) -> None:
        self.silent = True

    def reset(self) -> None:
        _reset(self.far)
        _reset(self.near)

    def close(self) -> None:
        for writer in (self.near, self.far):
            if writer:
                writer.close()


async def _write(writer: asyncio.StreamWriter | None, data: bytes) -> None:
    if writer is None:
        return
    if data:
        writer.write(data)
        await writer.drain()
    elif writer.can_write_eof():
        with suppress(OSError):
            writer.write_eof()


def _reset(writer: asyncio.StreamWriter | None) -> None:
    if writer is None:
        return
    connection = writer.get_extra_info("socket")
    with suppress(OSError):
        # Without lingering, closing sends RST instead of FIN.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
