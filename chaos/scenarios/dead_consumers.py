"""A dead consumer is seen: a queue is deleted, a consumer is cancelled by the broker, a handler hangs."""

import time
from collections.abc import Callable, Mapping

from chaos.arena import Arena
from chaos.broker import delete_queue

TOLD_SECONDS = 60.0
WORKING_SECONDS = 30.0
PATIENCE_SECONDS = 180.0
HUNG_SECONDS = 600
# As in an installation: who looks more often sees more.
SETTINGS: Mapping[str, str] = {"AICMO_CAM_HEARTBEAT_SECONDS": "10"}


def play(arena: Arena) -> None:
    """Kill the consumers of three services in three ways, each while the load goes on or its queue is empty."""
    arena.begin()
    for name, strike in (("queue deleted", _deleted), ("consumer cancelled", _cancelled), ("handler hung", _hung)):
        arena.say(name)
        strike(arena, name)


def _deleted(arena: Arena, name: str) -> None:
    """Let events come while there is no queue for them; what was in it would be lost with it, so it is empty."""
    _rest(arena)
    delete_queue(arena.machines.addresses.management_url, arena.stage.amqp_url, "decision.reply.classified")
    began = time.monotonic()
    _feed(arena)
    _until_consuming(arena, "decision")
    _note(arena, f"{name}: consuming", time.monotonic() - began, WORKING_SECONDS)
    _note(arena, f"{name}: told", _until_told(arena, "QUEUE_RESTORED/decision.reply.classified/", began), TOLD_SECONDS)


def _cancelled(arena: Arena, name: str) -> None:
    """Have the queue back at once: what remains is a consumer that the broker has cancelled."""
    _rest(arena)
    delete_queue(arena.machines.addresses.management_url, arena.stage.amqp_url, "classifier.reply.received")
    began = time.monotonic()
    arena.cam("setup")
    _until_consuming(arena, "classifier")
    _note(arena, f"{name}: consuming", time.monotonic() - began, WORKING_SECONDS)
    _feed(arena)


def _hung(arena: Arena, name: str) -> None:
    _feed(arena)
    exits, order = arena.fleet.exits(), arena.order("alerter", "before_handler", f"delay {HUNG_SECONDS}")
    arena.until(lambda: not order.exists(), PATIENCE_SECONDS, "a handler hangs")
    began = time.monotonic()
    arena.until(lambda: arena.fleet.exits() > exits, PATIENCE_SECONDS, "the hung service is restarted")
    _until_consuming(arena, "alerter")
    _note(arena, f"{name}: restarted and consuming", time.monotonic() - began, WORKING_SECONDS)
    _note(arena, f"{name}: told", _until_told(arena, "SERVICE_GAVE_UP/alerter/", began), TOLD_SECONDS)


def _rest(arena: Arena) -> None:
    """Wait until nothing is under way that a deleted queue could take with it."""
    idle: Callable[[], bool] = lambda: arena.witness.unfinished() == 0 and arena.world.quiet()  # noqa: E731 - asked twice
    arena.until(lambda: idle() and not any(arena.witness.depths().values()), PATIENCE_SECONDS, "everything rests")


def _feed(arena: Arena) -> None:
    if arena.more_waves():
        arena.launch()


def _until_told(arena: Arena, key: str, began: float) -> float:
    """Return how many seconds after `began` a human was told under a key that begins so."""
    told = lambda: any(alert.key.startswith(key) for alert in list(arena.sink.alerts))  # noqa: E731
    arena.until(told, PATIENCE_SECONDS, f"a human is told: {key}")
    return time.monotonic() - began


def _until_consuming(arena: Arena, service: str) -> None:
    """Wait for the one that was hit: what the others say of themselves, every ten seconds, tells nothing of it."""
    since = arena.now()
    arena.until(lambda: arena.witness.consume(since, [service]), PATIENCE_SECONDS, f"the {service} consumes")


def _note(arena: Arena, what: str, seconds: float, at_most: float) -> None:
    arena.figures[what] = round(seconds, 1)
    if seconds > at_most:
        arena.broken.append(f"{what}: {seconds:.1f} s instead of {at_most:g} s")
