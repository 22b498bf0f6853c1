"""Any service may die at the worst moment: SIGKILL five times at each named point of each service that passes it."""

import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from chaos.arena import Arena
from shared.faults import POINTS

KILLS_EACH = 5
# Points that only events pass which fail: the poison scenario strikes there.
_OF_FAILURES = {"before_set_aside", "after_set_aside"}
# The alerter announces nothing: it publishes only what another service left behind, so seldom that nobody could wait.
_SELDOM = {("alerter", "before_publish"), ("alerter", "after_confirm")}
# The n-th time a point is passed after the order, so that not every kill meets the first delivery after a start.
_HITS = 4
# Met once in a process's life, so that a life has to begin.
_AT_A_START = "after_lease_taken"
# An order that is not met within this time lets another one go first.
_TURN_SECONDS = 15.0


@dataclass
class Plan:
    """What is still to be done to one service, and the order that it has not carried out yet."""

    service: str
    points: list[str]
    order: Path | None = None
    point: str = ""
    since: float = 0
    killed: Counter[str] = field(default_factory=Counter)


def play(arena: Arena) -> None:
    """Give each service one order after the other, all services at once, until all are carried out."""
    arena.begin({"sender": 2})
    plans = _plans(arena.random, arena.dose.times(KILLS_EACH))
    total = sum(len(plan.points) for plan in plans)
    while (left := sum(len(plan.points) + bool(plan.order) for plan in plans)) and arena.is_under_way():
        for plan in plans:
            _go_on(plan, arena)
        arena.say_sometimes(f"{total - left} of {total} kills at named points")
        arena.hurry()
        arena.feed()
        arena.tick()
    for plan in plans:
        _give_up(plan, arena)
    arena.killed_senders = sum(sum(plan.killed.values()) for plan in plans if plan.service == "sender")
    arena.figures["killed_at"] = {
        f"{plan.service}.{name}": n for plan in plans for name, n in sorted(plan.killed.items())
    }


def _plans(random: Random, times: int) -> list[Plan]:
    services = sorted({service for names in POINTS.values() for service in names})
    plans = []
    for service in services:
        mine = [name for name, who in POINTS.items() if service in who and _is_met(service, name)] * times
        random.shuffle(mine)
        plans.append(Plan(service, mine))
    return plans


def _is_met(service: str, name: str) -> bool:
    return name not in _OF_FAILURES and (service, name) not in _SELDOM


def _go_on(plan: Plan, arena: Arena) -> None:
    """Note a kill that happened, and order the next one."""
    if plan.order and not plan.order.exists():
        plan.killed[plan.point] += 1
        plan.order = None
    if plan.order and plan.points and time.monotonic() - plan.since > _TURN_SECONDS:
        _take_back(plan)
    if plan.order is None and plan.points:
        plan.since = time.monotonic()
        plan.point = plan.points.pop()
        hits = 0 if plan.point == _AT_A_START else arena.random.randrange(_HITS)
        plan.order = arena.order(plan.service, plan.point, f"kill after {hits}")
        if plan.point == _AT_A_START:
            arena.fleet.kill(plan.service)


def _take_back(plan: Plan) -> None:
    """Put the order behind the others, unless it is being carried out at this very moment."""
    with suppress(FileNotFoundError):
        if plan.order:
            plan.order.unlink()
            plan.order = None
            plan.points.insert(0, plan.point)


def _give_up(plan: Plan, arena: Arena) -> None:
    """Take back what came too late for the load, and say so: a point that was not struck proves nothing."""
    if plan.order:
        plan.order.unlink(missing_ok=True)
        plan.points.append(plan.point)
    for point, times in Counter(plan.points).items():
        arena.broken.append(f"{plan.service} was killed {times} times too few at {point}: the load was over")
