"""The publishing side: one connection of its own, so that a refused publish never harms a consumer."""

import asyncio
from contextlib import suppress
from typing import cast

import structlog
from aio_pika.abc import AbstractChannel, AbstractExchange
from aiormq.channel import Channel as UnderlayChannel

from shared.errors import OutageError
from shared.messaging.connection import broken_off, connect

log = structlog.get_logger()

_FOR_EVER = float("inf")
_PAUSE_SECONDS = 0.5
_FAREWELL_SECONDS = 2


class Publishing:
    """Keeps a confirming channel open and hands it out."""

    def __init__(self, amqp_url: str, name: str) -> None:
        self._amqp_url = amqp_url
        self._name = f"{name} publishing"
        self._ready = asyncio.Event()
        self._given_up = asyncio.Event()
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
        try:
            self._channel = await connection.channel(publisher_confirms=True, on_return_raises=True)
            self._underlay = cast(UnderlayChannel, await self._channel.get_underlay_channel())
            self._given_up.clear()
            self._ready.set()
            await self._end(self._channel)
        finally:
            self._ready.clear()
            # A broker that confirms nothing may not answer a farewell either.
            with suppress(TimeoutError):
                await asyncio.wait_for(connection.close(), _FAREWELL_SECONDS)

    async def _end(self, channel: AbstractChannel) -> None:
        ends = [asyncio.ensure_future(channel.closed()), asyncio.ensure_future(self._given_up.wait())]
        try:
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        finally:
            ends[1].cancel()
        raise OutageError("broker: the publishing channel was closed, or confirmed nothing any more")

    def give_up(self) -> None:
        """Leave a connection that confirms nothing any more: what is sent again shall not wait behind it."""
        self._ready.clear()
        self._given_up.set()

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
