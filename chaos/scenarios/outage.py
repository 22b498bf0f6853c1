"""An outage floods nothing: the mail server and the alert channel are away for a minute while two thousand are due."""

import time
from collections.abc import Mapping

from sqlalchemy import text

from chaos.arena import Arena

DUE = 2_000
DOWN_SECONDS = 60.0
DRAINING_SECONDS = 10.0
PATIENCE_SECONDS = 300.0
LINKS = ("smtp", "alerts")
# An installation's own clock of the jobs; nothing that is measured here is counted in days.
SETTINGS: Mapping[str, str] = {"AICMO_CAM_WORKER_INTERVAL_SECONDS": "60"}
_DUE_MAILS = text("SELECT count(*) FROM outbound_emails WHERE status IN ('QUEUED', 'SENDING') AND not_before <= now()")
_DUE_ALERTS = text("""\
SELECT count(*) FROM cam_human_alert_logs WHERE NOT sent_successfully AND next_attempt_at IS NOT NULL""")
_GIVEN_UP = text("SELECT count(*) FROM outbound_emails WHERE status = 'FAILED'")
_DEAD = text("SELECT count(*) FROM dead_letters")


def play(arena: Arena) -> None:
    """Take both away under load, let the due work pile up for a minute, and measure how soon it drains."""
    arena.begin()
    for _ in arena.strikes(1, first=0.02, last=0.05):
        for link in LINKS:
            arena.links[link].shut()
    wanted = min(DUE, arena.dose.leads // 2)
    arena.until(lambda: _piled_up(arena, wanted), PATIENCE_SECONDS, f"{wanted} e-mails are due")
    arena.wait(DOWN_SECONDS)
    arena.figures["due"] = {"mails": arena.witness.number(_DUE_MAILS), "alerts": arena.witness.number(_DUE_ALERTS)}
    _recover(arena)
    if dead := arena.witness.number(_DEAD):
        arena.broken.append(f"{dead} events were put away because of the outage")
    refused = len({refusal.lead for refusal in list(arena.world.ledger.refused)})
    if (given_up := arena.witness.number(_GIVEN_UP)) > refused:
        arena.broken.append(f"{given_up} e-mails were given up, but only {refused} addresses were refused")


def _piled_up(arena: Arena, wanted: int) -> bool:
    """Launch more until so much is due; what has its turn later needs no server yet."""
    due = arena.witness.number(_DUE_MAILS)
    if due < wanted and arena.more_waves():
        arena.launch()
    return due >= wanted


def _recover(arena: Arena) -> None:
    """Bring both back; measure when each takes the first of what was due, and when nothing of that is left."""
    sent, told, since = len(arena.world.ledger.mails), len(arena.sink.alerts), time.monotonic()
    for link in LINKS:
        arena.links[link].clear()
    first = {
        "mails": lambda: len(arena.world.ledger.mails) > sent,
        "alerts": lambda: len(arena.sink.alerts) > told,
    }
    for name, drains in first.items():
        arena.until(drains, PATIENCE_SECONDS, f"{name} drain")
        arena.figures[f"{name}_draining_seconds"] = (seconds := round(time.monotonic() - since, 1))
        if seconds > DRAINING_SECONDS:
            arena.broken.append(f"{name} drained only {seconds} s after the recovery")
