"""Follows a campaign until the world has nothing more to say, or until somebody ends it."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from demo.evidence import Evidence, Heartbeat
from demo.invariants import every_reply_found, every_yes_alerted_once, judge
from demo.observer import Observer
from demo.screen import Screen
from demo.sink import AlertSink
from demo.summary import Summary, latencies, summarise
from demo.world import World
from shared.errors import OutageError

LOOK_EVERY_SECONDS = 0.4
# A run is over when nothing was left to do at two looks in a row.
CALM_LOOKS = 2
# What only a run that came to its end can show.
AT_THE_END = (
    "every_lead_where_it_belongs",
    "every_reply_found",
    "every_reply_understood",
    "every_reply_folded",
    "every_yes_alerted_once",
)


@dataclass(frozen=True, slots=True)
class Play:
    """A world, its campaign, and how to look at both; `poll` returns the names of services that are down."""

    world: World
    sink: AlertSink
    observer: Observer
    leads: int
    poll: Callable[[], list[str]]


@dataclass(frozen=True, slots=True)
class Ending:
    """How a run ended: whether somebody cut it short, and who was alive until then."""

    cut_short: bool
    during: tuple[Heartbeat, ...]
    seconds: float


def follow(play: Play, screen: Screen, over: threading.Event, *, deadline_seconds: float | None) -> Ending:
    """Look and show until all is settled (None: for ever), the deadline passes, or `over` is set."""
    started, calm = time.monotonic(), 0
    during: tuple[Heartbeat, ...] = ()
    while not over.wait(LOOK_EVERY_SECONDS):
        down = play.poll()
        try:
            calm = calm + 1 if _look(play, screen, down) else 0
            during = play.observer.heartbeats()
        except OutageError:
            calm = 0
        if deadline_seconds is not None and (calm >= CALM_LOOKS or time.monotonic() - started >= deadline_seconds):
            break
    return Ending(over.is_set() and calm < CALM_LOOKS, during, time.monotonic() - started)


def verdict(ending: Ending, seen: Evidence, *, without: tuple[str, ...] = ()) -> Summary:
    """Judge a run that has ended."""
    spared = (*without, *AT_THE_END) if ending.cut_short else without
    problems = judge(replace(seen, during=ending.during), without=spared)
    return summarise(seen, problems, ending.seconds)


def _look(play: Play, screen: Screen, down: list[str]) -> bool:
    progress = play.observer.progress()
    seen = play.observer.evidence(play.world.ledger, list(play.sink.alerts))
    screen.show(progress, len(seen.alerts), latencies(seen), down)
    complete = sum(progress.leads.values()) >= play.leads and progress.unfinished == 0
    return play.world.quiet() and complete and not every_reply_found(seen) and not every_yes_alerted_once(seen)
