"""The publishing side: one connection of its own, so that a refused publish never harms a consumer."""

import asyncio
from typing import cast

import structlog
from aio_pika.abc import AbstractChannel, AbstractExchange
from aiormq.channel import Channel as UnderlayChannel

from shared.errors import OutageError
from shared.messaging.connection import broken_off, connect

log = structlog.get_logger()

_FOR_EVER = float("inf")
_PAUSE_SECONDS = 0.5


class Publishing:
    """Keeps a confirming channel open and hands it out."""

    def __init__(self, amqp_url: str, name: str) -> None:
        self._amqp_url = amqp_url
        self._name = f"{name} publishing"
        self._ready = asyncio.Event()
        self._channel: AbstractChannel | None = None
        self._underlay: UnderlayChannel | None = None

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
            self._underlay = cast(UnderlayChannel, await self._channel.get_underlay_channel())
            self._ready.set()
            await asyncio.wait([asyncio.ensure_future(self._channel.closed())])
            raise OutageError("broker: the publishing channel was closed")

    def connected(self) -> bool:
        """Tell whether there is a channel to publish on."""
        return self._ready.is_set()

    async def channel(self) -> UnderlayChannel:
        """Return the live channel as aiormq knows it, for whoever publishes many events at once."""
        await self._ready.wait()
        if self._underlay is None:  # pragma: no cover - set before ready
            raise OutageError("broker: no channel")
        return self._underlay

    async def default(self) -> AbstractExchange:
        """Return the default exchange, which reaches every queue by its name."""
        await self._ready.wait()
        if self._channel is None:  # pragma: no cover - set before ready
            raise OutageError("broker: no channel")
        return self._channel.default_exchange
