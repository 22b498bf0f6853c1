"""Connections to the broker: plain ones, made anew by their owner when they are lost.

aio-pika's robust connections restore channels by themselves, which hides from us what is being
restored; here a lost connection ends everything that stood on it, and the runtime begins again.
"""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager

import aio_pika
import structlog
from aio_pika.abc import AbstractConnection
from aiormq.exceptions import AMQPError, ChannelInvalidStateError, InvalidFrameError, ProbableAuthenticationError

from shared.errors import ConfigurationError, OutageError

log = structlog.get_logger()

# aiormq ends a connection after three silent intervals and three seconds, the broker after two of ours.
HEARTBEAT_SECONDS = 6
_ATTEMPT_SECONDS = 10


@contextmanager
def broken_off() -> Iterator[None]:
    """Make an `OutageError` of everything that a broken connection raises.

    aio-pika also cancels what waits on it; that is told apart from a cancellation of our own task.
    """
    try:
        yield
    except (asyncio.CancelledError, AMQPError, OSError, TimeoutError, RuntimeError) as error:
        if not _tells_of_a_break(error):
            raise
        task = asyncio.current_task()
        if task is None or task.cancelling():
            raise asyncio.CancelledError from error
        raise OutageError(f"broker: {str(error) or type(error).__name__}") from error


def _tells_of_a_break(error: BaseException) -> bool:
    """Tell the plain `RuntimeError` of both libraries, for a channel of a connection that closes, from ours."""
    stranger = isinstance(error, RuntimeError) and not isinstance(error, ChannelInvalidStateError)
    return not stranger or str(error).endswith((" closed", "Connection was not opened"))


async def connect(amqp_url: str, name: str, *, patience_seconds: float) -> AbstractConnection:
    """Connect, trying again until `patience_seconds` are over.

    Raises `OutageError` when they are, `ConfigurationError` if the broker refuses the credentials.
    """
    deadline = time.monotonic() + patience_seconds
    pause, said = 0.2, False
    while True:
        try:
            return await _attempt(amqp_url, name)
        except ProbableAuthenticationError as error:
            raise ConfigurationError(f"AICMO_AMQP_URL: the broker refuses the login ({error})") from None
        except (AMQPError, OSError, TimeoutError) as error:
            if time.monotonic() + pause > deadline:
                raise OutageError(f"broker: {_why(error)}") from error
            if not said:
                log.warning("broker_awaited", connection=name, error=_why(error))
                said = True
            await asyncio.sleep(pause)
            pause = min(pause * 1.5, 3)


def loss(connection: AbstractConnection) -> asyncio.Future[None]:
    """Return what is done as soon as a connection is gone, whoever ended it.

    aio-pika's own `closed()` and `is_closed` tell only of what was closed from here.
    """
    gone: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def note(*_: object) -> None:
        if not gone.done():
            gone.set_result(None)

    connection.close_callbacks.add(note)
    if not connection.connected.is_set():
        note()
    return gone


def _why(error: Exception) -> str:
    if isinstance(error, InvalidFrameError):
        # aiormq keeps the broker's words to itself when it closes instead of opening.
        return "it does not open the virtual host of AICMO_AMQP_URL (does it exist? may this login enter it?)"
    return str(error) or type(error).__name__


class _Connection(aio_pika.Connection):
    """A connection that never came about is closed at once, not by the garbage collector in a thread without a loop."""

    async def connect(self, timeout: float | None = None) -> None:  # noqa: ASYNC109 - as in aio-pika
        """Connect, or leave nothing behind."""
        try:
            await super().connect(timeout)
        except StopAsyncIteration as error:
            # So aiormq says that somebody answered and hung up, as what stands before a broker does while that is away.
            await self.close()
            raise ConnectionError("hung up without a greeting") from error
        except BaseException:
            await self.close()
            raise


async def _attempt(amqp_url: str, name: str) -> AbstractConnection:
    return await asyncio.wait_for(
        aio_pika.connect(
            amqp_url,
            client_properties={"connection_name": name},
            connection_class=_Connection,
            timeout=_ATTEMPT_SECONDS,
            heartbeat=HEARTBEAT_SECONDS,
        ),
        _ATTEMPT_SECONDS,
    )
