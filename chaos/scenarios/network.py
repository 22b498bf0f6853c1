"""The network may lie: on each link a black hole, a reset, a delay and half-open connections, one after the other."""

import time
from collections.abc import Callable, Mapping

from chaos.arena import Arena
from chaos.probes import launch_probe
from chaos.proxy import Proxy

RECOVERY_SECONDS = 30.0
PATIENCE_SECONDS = 120.0
HOLE_SECONDS = 30.0
LATENCY_SECONDS = 0.3
# Short, so that whoever notices does so afterwards.
SILENT_SECONDS = 5.0
SERVERS = {"amqp", "postgres"}


def play(arena: Arena) -> None:
    """Do each mischief to each link under load, and measure how long the link is not used again afterwards."""
    arena.begin()
    plan = [(link, name) for link in arena.links for name in MISCHIEF]
    arena.random.shuffle(plan)
    recoveries: dict[str, float] = {}
    for strike in arena.strikes(len(plan), last=0.7):
        link, name = plan[strike - 1]
        arena.say(f"{link}: {name}")
        MISCHIEF[name](arena, arena.links[link])
        recoveries[f"{link} {name}"] = round(_recovery(arena, link), 1)
    arena.figures["recovery_seconds"] = recoveries
    arena.broken += [f"{what}: used again {s} s after" for what, s in recoveries.items() if s > RECOVERY_SECONDS]


def _black_hole(arena: Arena, link: Proxy) -> None:
    link.black_hole()
    arena.wait(HOLE_SECONDS)
    link.clear()


def _reset(_arena: Arena, link: Proxy) -> None:
    link.reset()


def _latency(arena: Arena, link: Proxy) -> None:
    link.latency(LATENCY_SECONDS)
    arena.wait(HOLE_SECONDS)
    link.clear()


def _half_open(arena: Arena, link: Proxy) -> None:
    """Let nobody find out by anything but silence; who is connected is never answered again."""
    link.half_open()
    arena.wait(SILENT_SECONDS)
    link.clear()


MISCHIEF: Mapping[str, Callable[[Arena, Proxy], None]] = {
    "black_hole": _black_hole,
    "reset": _reset,
    "latency": _latency,
    "half_open": _half_open,
}


def _recovery(arena: Arena, link: str) -> float:
    """Return how many seconds pass until the link carries something that was given to it after the fault."""
    began, since = time.monotonic(), arena.now()
    passed = launch_probe(arena, link)
    arena.until(passed, PATIENCE_SECONDS, f"{link} carries something")
    if link in SERVERS:
        arena.until(lambda: arena.witness.consume(since), PATIENCE_SECONDS, "all services work")
    return time.monotonic() - began
