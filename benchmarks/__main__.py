"""`make bench`: prints a table, writes benchmarks/results.json, and never fails on a time."""

import json
import os
import platform
from argparse import ArgumentParser
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.table import Table

from benchmarks import bare_relay, replies
from console import servers
from console.stage import fresh_stage
from shared import migrate
from shared.messaging import topology

ROOT = Path(__file__).resolve().parents[1]
# Servers of their own, so that neither a demo nor anything else of this checkout is disturbed or disturbs.
PLACE = ROOT / ".cam" / "bench"
RESULTS = ROOT / "benchmarks" / "results.json"


def main() -> None:
    """Measure, print and write down."""
    parser = ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--replies", type=int, default=10_000, help="replies through all hops")
    parser.add_argument("--rounds", type=int, default=3, help="alternating rounds; the median counts")
    arguments = parser.parse_args()
    PLACE.mkdir(parents=True, exist_ok=True)
    running = servers.start(PLACE, only={"postgres", "rabbitmq"})
    try:
        with fresh_stage(running, f"cam_bench_{os.getpid()}", keep=False) as stage:
            environment = stage.environment(running)
            migrate.upgrade(stage.database_url)
            topology.set_up(stage.amqp_url)
            result = _replies(environment, arguments.replies, arguments.rounds)
    finally:
        servers.stop(PLACE, delete=True)
    _show(result)
    RESULTS.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


def _replies(environment: dict[str, str], count: int, rounds: int) -> dict[str, object]:
    floors, runs = [], []
    wire = replies.bodies(count)
    for _ in range(rounds):
        floors.append(count / bare_relay.seconds(environment["AICMO_AMQP_URL"], wire))
        runs.append(replies.passage(environment["DATABASE_URL"], environment, count))
    ours, floor = median(run.count / run.seconds for run in runs), median(floors)
    return {
        "machine": {"cores": os.cpu_count(), "python": platform.python_version()},
        "replies_through_all_hops": {
            "count": count,
            "per_second": round(ours),
            "floor_per_second": round(floor),
            "ratio": round(ours / floor, 2),
            "resident_megabytes": {name: round(size) for name, size in runs[-1].resident_megabytes.items()},
        },
    }


def _show(result: dict[str, object]) -> None:
    table = Table("what", "value", title="CAM, against floors in the same run")
    found = result["replies_through_all_hops"]
    for name, value in found.items() if isinstance(found, dict) else ():
        table.add_row(name, str(value))
    Console().print(table)


if __name__ == "__main__":
    main()
