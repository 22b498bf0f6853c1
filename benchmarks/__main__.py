"""`make bench`: prints a table, writes benchmarks/results.json, and never fails on a time."""

import fcntl
import json
import os
import platform
import signal
import sys
import time
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks import growth, importing, latency, outbox_size, relay, replies, reply_growth, sending, waiting_mail
from benchmarks.figures import Measured, Say
from benchmarks.running import FOLDER, LOG
from console import servers
from console.stage import Stage, fresh_stage
from shared import migrate
from shared.errors import CamError
from shared.messaging import topology

RESULTS = Path(__file__).with_name("results.json")
_INTERRUPTIONS = (signal.SIGINT, signal.SIGTERM)
NAMES = (
    "replies",
    "batches",
    "relay",
    "latency",
    "sending",
    "inbox",
    "import",
    "growth",
    "reply-growth",
    "outbox-size",
)
# These take minutes each: they are done when they are asked for.
_DEFAULT = tuple(name for name in NAMES if not name.endswith(("growth", "size")))


def main() -> int:
    """Measure, print and write down; return the exit status."""
    options = _options()
    say = _progress()
    for number in _INTERRUPTIONS:
        signal.signal(number, signal.default_int_handler)
    try:
        with _private_servers(set(options.only), say) as running:
            found = [_measure(name, running, options, say) for name in options.only]
    except KeyboardInterrupt:
        say("interrupted: nothing is written down, and the servers are gone")
        return 130
    except CamError as error:
        say(str(error))
        return 1
    _write_down(found, as_json=options.json)
    return 0


def _options() -> Namespace:
    parser = ArgumentParser(prog="make bench", description="See docs/benchmarks.md.")
    parser.add_argument("--only", type=_chosen, default=_DEFAULT, metavar="NAMES", help=f"some of {','.join(NAMES)}")
    parser.add_argument("--replies", type=_positive, default=10_000, help="replies through all hops")
    parser.add_argument("--events", type=_positive, default=10_000, help="events in the outbox")
    parser.add_argument("--latency-samples", type=_positive, default=200, help="replies to an idle system")
    parser.add_argument("--emails", type=_positive, default=5_000, help="e-mails that are sent")
    parser.add_argument("--mails", type=_positive, default=10_000, help="e-mails that wait in the mailbox")
    parser.add_argument("--leads", type=_positive, default=100_000, help="leads that are imported")
    parser.add_argument("--history", type=_positive, default=1_000_000, help="e-mails in the tables, for growth")
    parser.add_argument("--passing", type=_positive, default=1_000_000, help="events, for outbox-size")
    parser.add_argument("--rounds", type=_positive, default=3, help="alternating rounds; the median counts")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON instead of the table")
    return parser.parse_args()


def _chosen(text: str) -> tuple[str, ...]:
    wanted = {name.strip() for name in text.split(",") if name.strip()}
    unknown = sorted(wanted - set(NAMES))
    if unknown or not wanted:
        raise ArgumentTypeError(f"{(unknown or [text])[0]!r}: choose from {', '.join(NAMES)}")
    return tuple(name for name in NAMES if name in wanted)


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) == 0:
        raise ArgumentTypeError(f"{text!r} is not a number above zero")
    return int(text)


def _progress() -> Say:
    began = time.monotonic()
    return lambda line: print(f"[{time.monotonic() - began:4.0f} s] {line}", file=sys.stderr, flush=True)


@contextmanager
def _private_servers(names: set[str], say: Say) -> Iterator[servers.Servers]:
    """Run servers of our own, so that neither a demo nor anything else of this checkout disturbs or is disturbed."""
    needed = {"postgres", "rabbitmq"} | ({"dovecot"} if names & {"latency", "inbox"} else set())
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (FOLDER / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CamError("another `make bench` of this checkout is running") from None
        LOG.unlink(missing_ok=True)
        try:
            yield servers.start(FOLDER, only=needed, say=say)
        finally:
            for number in _INTERRUPTIONS:
                signal.signal(number, signal.SIG_IGN)  # An impatient second Ctrl-C would leave servers behind.
            servers.stop(FOLDER, delete=True)


def _measure(name: str, running: servers.Servers, options: Namespace, say: Say) -> Measured:
    say(f"{name}: setting up")
    with fresh_stage(running, f"cam_bench_{name}_{os.getpid()}", keep=False) as stage:
        migrate.upgrade(stage.database_url)
        topology.set_up(stage.amqp_url)
        return _on_stage(name, stage, running, options, say)


def _on_stage(name: str, stage: Stage, running: servers.Servers, options: Namespace, say: Say) -> Measured:
    environment = stage.environment(running)
    in_turn = {"rounds": options.rounds, "say": say}
    measures: Mapping[str, Callable[[], Measured]] = {
        "replies": lambda: replies.measure(stage, environment, options.replies, **in_turn),
        "batches": lambda: replies.measure_batches(stage, environment, options.replies, **in_turn),
        "relay": lambda: relay.measure(stage, options.events, **in_turn),
        "latency": lambda: latency.measure(stage, running, environment, options.latency_samples, say=say),
        "sending": lambda: sending.measure(stage, environment, options.emails, **in_turn),
        "inbox": lambda: waiting_mail.measure(stage, running, environment, options.mails, **in_turn),
        "import": lambda: importing.measure(stage, options.leads, **in_turn),
        "growth": lambda: growth.measure(running, options.emails, options.history, **in_turn),
        "reply-growth": lambda: reply_growth.measure(stage, running, environment, options.history, **in_turn),
        "outbox-size": lambda: outbox_size.measure(stage, options.passing, say=say),
    }
    return measures[name]()


def _write_down(found: Sequence[Measured], *, as_json: bool) -> None:
    machine = {"cores": os.cpu_count(), "python": platform.python_version()}
    result = {"machine": machine, **{measured.name: measured.figures for measured in found}}
    written = json.dumps(result, indent=2) + "\n"
    RESULTS.write_text(written, encoding="utf-8")
    if as_json:
        sys.stdout.write(written)
    else:
        _show(found)


def _show(found: Sequence[Measured]) -> None:
    table = Table("what", title="CAM, against floors in the same run")
    for name in ("ours", "floor", "ratio"):
        table.add_column(name, justify="right")
    for row in (row for measured in found for row in measured.rows):
        table.add_row(row.what, row.ours, row.floor, row.ratio)
    Console().print(table)


if __name__ == "__main__":
    sys.exit(main())
