"""Reading and moving dead letters, for the console: plain functions over the broker, which holds the truth."""

import asyncio
from collections.abc import Callable

from shared.messaging.letters import Letter
from shared.messaging.passes import BusyError, over
from shared.messaging.returning import Order, Pace, Told, discard, give_back, replace
from shared.messaging.topology import Subscription

__all__ = ["BusyError", "Letter", "Order", "Pace", "Told", "discard", "give_back", "look", "replace"]


def look(amqp_url: str, subscription: Subscription, each: Callable[[Letter], bool]) -> None:
    """Show the dead letters of a queue to `each`, oldest first, until it returns False; all stay where they are.

    Raises `OutageError` if the broker does not answer, `BusyError` if another command holds the queue too long.
    """
    asyncio.run(_look(amqp_url, subscription, each))


async def _look(amqp_url: str, subscription: Subscription, each: Callable[[Letter], bool]) -> None:
    async with over(amqp_url, subscription) as opened:
        async for held in opened.letters:
            if not each(held.letter):
                return
