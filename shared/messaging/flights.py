"""A flight: many confirmed, mandatory publishes as one write to the broker.

aiormq's own publish takes a lock, a write to the socket and two futures that channel and connection watch for each
message, which is most of what publishing costs; here the messages of a flight share them, and wait for one watched
future together. Confirmations and returns stay the library's.
"""

import asyncio
from collections.abc import Sequence

from aio_pika.abc import DeliveryMode
from aiormq import spec
from aiormq.abc import ChannelFrame
from aiormq.channel import Channel
from pamqp.body import ContentBody
from pamqp.frame import marshal
from pamqp.header import ContentHeader

from shared.errors import OutageError
from shared.events import CONTENT_TYPE
from shared.unit_of_work import OutboxRow

_CONFIRM_SECONDS = 30


async def fly(channel: Channel, exchange: str, rows: Sequence[OutboxRow]) -> dict[int, BaseException]:
    """Publish rows, no two of which have the same event id; return why which of them were not confirmed, by row id."""
    waiting = await _send(channel, exchange, rows)
    try:
        cut_off = await _all_landed(channel, waiting)
    finally:
        for row in rows:
            channel.message_id_delivery_tag.pop(row.event_id, None)
        late = {future for future in waiting if future.cancel()}
    errors = (cut_off if future in late else future.exception() for future in waiting)
    return {row.id: error for row, error in zip(rows, errors, strict=True) if error is not None}


async def _all_landed(channel: Channel, waiting: Sequence[asyncio.Future[object]]) -> BaseException:
    """Wait for the confirmations; return what is wrong with those that are missing then."""
    over, left = channel.create_future(), len(waiting)

    def landed(_: asyncio.Future[object]) -> None:
        nonlocal left
        left -= 1
        if not left and not over.done():
            over.set_result(None)

    for future in waiting:
        future.add_done_callback(landed)
    # The channel itself ends what it made when it is closed, by an exception.
    await asyncio.wait([over], timeout=_CONFIRM_SECONDS)
    return (over.exception() if over.done() else None) or TimeoutError("no confirmation")


async def _send(channel: Channel, exchange: str, rows: Sequence[OutboxRow]) -> list[asyncio.Future[object]]:
    routes = {kind: _route(channel, exchange, kind) for kind in {row.type for row in rows}}
    payload = b"".join(routes[row.type] + _content(channel, row) for row in rows)
    async with channel.lock:
        # Nothing waits in here, so that a cancellation can't come between the write and the numbers it stands for.
        try:
            channel.write_queue.put_nowait(ChannelFrame(payload, should_close=False))
        except asyncio.QueueFull:
            raise OutageError("broker: it takes nothing more") from None
        return [_expect(channel, row.event_id) for row in rows]


def _expect(channel: Channel, message_id: str) -> asyncio.Future[object]:
    channel.delivery_tag += 1
    confirmation: asyncio.Future[object] = channel.loop.create_future()
    channel.confirmations[channel.delivery_tag] = confirmation
    channel.message_id_delivery_tag[message_id] = channel.delivery_tag
    return confirmation


def _route(channel: Channel, exchange: str, routing_key: str) -> bytes:
    return marshal(spec.Basic.Publish(exchange=exchange, routing_key=routing_key, mandatory=True), channel.number)


def _content(channel: Channel, row: OutboxRow) -> bytes:
    properties = spec.Basic.Properties(
        content_type=CONTENT_TYPE,
        delivery_mode=DeliveryMode.PERSISTENT,
        message_id=row.event_id,
        message_type=row.type,
    )
    header = ContentHeader(properties=properties, body_size=len(row.body))
    size = channel.max_content_size
    pieces = (row.body[begin : begin + size] for begin in range(0, len(row.body), size))
    return marshal(header, channel.number) + b"".join(marshal(ContentBody(piece), channel.number) for piece in pieces)
