"""Runs one scenario from its first e-mail to the verdict."""

import time
from pathlib import Path

from chaos.arena import Arena
from chaos.judge import Verdict, judge, too_many_doubts
from chaos.machines import Machines, Say
from chaos.opening import open_arena
from chaos.report import Result
from chaos.scenarios import Scenario
from chaos.settings import CONNECTIONS, Dose
from shared.errors import CamError


def run(name: str, scenario: Scenario, dose: Dose, *, machines: Machines, folder: Path, say: Say) -> Result:
    """Play a scenario, let everything come to rest, and judge; what it can't do counts as a broken promise."""
    began = time.monotonic()
    with open_arena(name, dose, machines, folder, linked=scenario.linked, settings=scenario.settings, say=say) as arena:
        handled, verdict = _play(scenario, arena)
        return Result(
            name=name,
            promise=scenario.promise,
            verdict=verdict,
            handled=handled,
            seconds=time.monotonic() - began,
            broken=tuple(arena.broken),
            figures=arena.figures,
        )


def _play(scenario: Scenario, arena: Arena) -> tuple[int, Verdict]:
    try:
        scenario.play(arena)
    except CamError as error:
        arena.broken.append(str(error))
    arena.settle()
    handled = arena.witness.handled()
    arena.say("draining and judging")
    verdict = judge(arena.close())
    if arena.killed_senders is not None:
        too_many = too_many_doubts(verdict, arena.killed_senders, CONNECTIONS)
        arena.broken.extend([too_many] if too_many else [])
    return handled, verdict
