"""Giving dead letters back, replacing and discarding them: each is acknowledged only after what becomes of it is safe.

Between a confirmed publish and the acknowledgement a crash leaves a letter whose event is under way as well. That
event meets the guard, and the letter can be replayed again: nothing is lost, and nothing is done twice.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Collection, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field

import aio_pika
from aio_pika.abc import AbstractExchange, HeadersType

from shared.events import CONTENT_TYPE, Envelope, Event
from shared.messaging import failures
from shared.messaging.letters import Letter
from shared.messaging.passes import Held, Pass, over
from shared.messaging.topology import Subscription

_FLIGHT = 200
_STEP_SECONDS = 0.2
_CONFIRM_SECONDS = 30

# Is told of letters when what becomes of them is safe, just before they are acknowledged.
Told = Callable[[Sequence[Letter]], None]


@dataclass(slots=True)
class Pace:
    """At most so many events a second (None: as fast as it goes), over as many orders as share it."""

    rate: float | None = None
    _free_at: float = field(default_factory=time.monotonic)

    @property
    def flight(self) -> int:
        """Return how many letters may be under way together."""
        return _FLIGHT if self.rate is None else max(1, min(_FLIGHT, int(self.rate * _STEP_SECONDS)))

    async def wait(self, count: int, stopped: Callable[[], bool]) -> None:
        """Wait until `count` events more may leave; not longer than until it is stopped."""
        if self.rate is None:
            return
        # A signal's handler can set no event of this loop.
        while (left := self._free_at - time.monotonic()) > 0 and not stopped():  # noqa: ASYNC110
            await asyncio.sleep(min(left, _STEP_SECONDS))
        self._free_at = max(self._free_at, time.monotonic()) + count / self.rate


@dataclass(frozen=True, slots=True)
class Order:
    """Which letters of a subscription are meant, how fast, and whether to stop now."""

    subscription: Subscription
    letters: Collection[str]
    pace: Pace = field(default_factory=Pace)
    stopped: Callable[[], bool] = lambda: False


def give_back(amqp_url: str, order: Order, *, replay_id: int, told: Told) -> None:
    """Publish letters to their work queue as if for the first time, and take them out of the dead letters.

    They have a full ladder of attempts again, no headers of the broker's, and the mark of the replay.
    Raises `OutageError` if the broker goes away in between.
    """
    asyncio.run(_publish(amqp_url, order, lambda held: _again(held, replay_id), told))


def replace(amqp_url: str, order: Order, event: Envelope[Event], *, replay_id: int, told: Told) -> None:
    """Publish an event to the work queue in the place of a letter, which is taken out of the dead letters."""
    asyncio.run(_publish(amqp_url, order, lambda held: _instead(held, event, replay_id), told))


def discard(amqp_url: str, order: Order, *, told: Told) -> None:
    """Take letters out of the dead letters for good."""
    asyncio.run(_discard(amqp_url, order, told))


async def _publish(amqp_url: str, order: Order, message: Callable[[Held], aio_pika.Message], told: Told) -> None:
    async with over(amqp_url, order.subscription) as opened:
        channel = await opened.connection.channel(publisher_confirms=True, on_return_raises=True)
        async with aclosing(_flights(opened, order)) as flights:
            async for flight in flights:
                messages = [message(held) for held in flight]
                await _fly(channel.default_exchange, order.subscription.queue, messages, flight, told)


async def _fly(
    exchange: AbstractExchange, queue: str, messages: list[aio_pika.Message], flight: Sequence[Held], told: Told
) -> None:
    publishes = (exchange.publish(each, queue, mandatory=True, timeout=_CONFIRM_SECONDS) for each in messages)
    results = await asyncio.gather(*publishes, return_exceptions=True)
    safe = [held for held, result in zip(flight, results, strict=True) if not isinstance(result, BaseException)]
    told([held.letter for held in safe])
    for held in safe:
        await held.acknowledge()
    for result in results:
        if isinstance(result, BaseException):
            raise result


async def _discard(amqp_url: str, order: Order, told: Told) -> None:
    async with over(amqp_url, order.subscription) as opened, aclosing(_flights(opened, order)) as flights:
        async for flight in flights:
            told([held.letter for held in flight])
            for held in flight:
                await held.acknowledge()


async def _flights(opened: Pass, order: Order) -> AsyncGenerator[list[Held]]:
    """Find the letters that are meant, some at a time, until all are found or it is stopped."""
    missing = set(order.letters)
    flight: list[Held] = []
    async for held in opened.letters:
        if held.letter.id not in missing:
            continue
        if len(flight) == order.pace.flight or _clashes(held, flight):
            await order.pace.wait(len(flight), order.stopped)
            if order.stopped():
                return
            yield flight
            flight = []
        missing.discard(held.letter.id)
        flight.append(held)
        if not missing:
            break
    await order.pace.wait(len(flight), order.stopped)
    if flight and not order.stopped():
        yield flight


def _clashes(held: Held, flight: Sequence[Held]) -> bool:
    """Tell whether two messages under way would have one id, and be given each other's confirmation."""
    identity = held.letter.event_id
    return identity is not None and any(identity == each.letter.event_id for each in flight)


def _again(held: Held, replay_id: int) -> aio_pika.Message:
    old = held.message
    return aio_pika.Message(
        old.body,
        headers=_mark(held, replay_id),
        content_type=old.content_type,
        delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
        message_id=held.letter.event_id,
        type=old.type,
    )


def _instead(held: Held, event: Envelope[Event], replay_id: int) -> aio_pika.Message:
    return aio_pika.Message(
        event.to_bytes(),
        headers=_mark(held, replay_id),
        content_type=CONTENT_TYPE,
        delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
        message_id=str(event.id),
        type=event.type,
    )


def _mark(held: Held, replay_id: int) -> HeadersType:
    """Return the only headers of a letter that is given back: since when it fails, and which replay it is."""
    mark: HeadersType = {failures.REPLAY: replay_id, failures.REPLAYED: held.letter.id}
    if held.letter.first_failed_at:
        mark[failures.FIRST_FAILED] = held.letter.first_failed_at.isoformat()
    return mark
