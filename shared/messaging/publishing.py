"""The publishing side: one connection of its own, so that a refused publish never harms a consumer."""

import asyncio

import structlog
from aio_pika.abc import AbstractChannel, AbstractExchange

from shared.errors import OutageError
from shared.messaging.connection import broken_off, connect
from shared.messaging.topology import EXCHANGE

log = structlog.get_logger()

_FOR_EVER = float("inf")
_PAUSE_SECONDS = 0.5


class Publishing:
    """Keeps a confirming channel open and hands out its exchanges."""

    def __init__(self, amqp_url: str, name: str) -> None:
        self._amqp_url = amqp_url
        self._name = f"{name} publishing"
        self._ready = asyncio.Event()
        self._channel: AbstractChannel | None = None

    async def keep(self) -> None:
        """Keep the connection open for ever, making it anew whenever it is lost."""
        while True:
            try:
                with broken_off():
                    await self._session()
            except OutageError as error:
                log.warning("publishing_lost", error=str(error))
            self._ready.clear()
            await asyncio.sleep(_PAUSE_SECONDS)

    async def _session(self) -> None:
        connection = await connect(self._amqp_url, self._name, patience_seconds=_FOR_EVER)
        async with connection:
            self._channel = await connection.channel(publisher_confirms=True, on_return_raises=True)
            self._ready.set()
            await asyncio.wait([asyncio.ensure_future(self._channel.closed())])
            raise OutageError("broker: the publishing channel was closed")

    async def channel(self) -> AbstractChannel:
        """Return the live channel, waiting while the broker is away."""
        await self._ready.wait()
        if self._channel is None:  # pragma: no cover - set before ready
            raise OutageError("broker: no channel")
        return self._channel

    async def exchange(self) -> AbstractExchange:
        """Return the exchange of events."""
        return await (await self.channel()).get_exchange(EXCHANGE, ensure=False)

    async def default(self) -> AbstractExchange:
        """Return the default exchange, which reaches every queue by its name."""
        return (await self.channel()).default_exchange
