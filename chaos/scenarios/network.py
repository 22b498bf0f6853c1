"""The network may lie: on each link a black hole, a reset, a delay and half-open connections, one after the other."""

import time
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial

from sqlalchemy import text

from chaos.arena import Arena
from chaos.proxy import Proxy

RECOVERY_SECONDS = 30.0
PATIENCE_SECONDS = 120.0
HOLE_SECONDS = 30.0
LATENCY_SECONDS = 0.3

_WAITING = text("SELECT count(*) FROM outbound_emails WHERE status = 'QUEUED' AND not_before < now()")
_STORED = text("SELECT count(*) FROM inbound_emails")
_UNTOLD = text("""\
SELECT count(*) FROM cam_human_alert_logs
WHERE NOT sent_successfully AND next_attempt_at IS NOT NULL AND created_at < :since""")


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


def _half_open(_arena: Arena, link: Proxy) -> None:
    link.half_open()


MISCHIEF: Mapping[str, Callable[[Arena, Proxy], None]] = {
    "black_hole": _black_hole,
    "reset": _reset,
    "latency": _latency,
    "half_open": _half_open,
}


def _recovery(arena: Arena, link: str) -> float:
    """Return how many seconds pass until the link does again what it is there for."""
    began, since = time.monotonic(), arena.witness.now()
    arena.until(_works(arena, link, since), PATIENCE_SECONDS, f"{link} is used again")
    return time.monotonic() - began


def _works(arena: Arena, link: str, since: datetime) -> Callable[[], bool]:
    witness, books = arena.witness, arena.world.ledger
    sent, said = len(books.mails), len(books.delivered)
    if link == "smtp":
        return lambda: len(books.mails) > sent or not witness.number(_WAITING)
    if link == "imap":
        return lambda: witness.number(_STORED) >= said
    if link == "alerts":
        return lambda: not witness.number(_UNTOLD, since=since)
    return partial(witness.all_consume, since)
