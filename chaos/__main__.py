"""`make chaos`: breaks the system on purpose; its status is 0 only if nothing was lost and nothing happened twice."""

import fcntl
import json
import shutil
import signal
import sys
import tempfile
import time
from argparse import ArgumentParser, ArgumentTypeError, Namespace, RawDescriptionHelpFormatter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console

from chaos.containers import BrokerInContainer
from chaos.machines import Machines, NativeMachines, Say
from chaos.report import Result, details, show, summary
from chaos.run import run
from chaos.scenarios import SCENARIOS
from chaos.settings import Dose
from shared.errors import CamError

FOLDER = Path(__file__).resolve().parents[1] / ".cam" / "chaos"
_INTERRUPTIONS = (signal.SIGINT, signal.SIGTERM)
_BROKERS = {"native": NativeMachines, "container": BrokerInContainer}
_EXAMPLES = """\
examples:
  make chaos                                             a moderate dose of everything
  make chaos ARGS="--list"                               the scenarios and their promises
  make chaos ARGS="--only broker_kills --kills 5"        one scenario, gently
  make chaos ARGS="--seed 7 --events 20000 --kills 50 --json"   the figures that docs/chaos.md promises
"""


def main() -> int:
    """Run the chosen scenarios, print and write down; return the exit status."""
    options = _options()
    if options.list:
        _list(as_json=options.json)
        return 0
    for number in _INTERRUPTIONS:
        signal.signal(number, signal.default_int_handler)
    began = time.monotonic()
    say = _progress(began)
    dose = Dose(options.events, options.kills, options.seed)
    results: list[Result] = []
    status = 0
    try:
        with _machines(options, say) as machines:
            for name in options.only:
                results.append(_one(name, dose, machines, options=options, say=say))  # noqa: PERF401 - kept if interrupted
    except KeyboardInterrupt:
        say("interrupted: services and servers are gone; what follows is about the scenarios that ended before")
        status = 130
    except CamError as error:
        say(str(error))
        status = 1
    if results or not status:
        _write_down(summary(dose, results, time.monotonic() - began), results, options)
    return status or int(not all(result.held for result in results))


def _options() -> Namespace:
    parser = ArgumentParser(
        prog="make chaos",
        description="Breaks servers of its own, never those of TEST_AMQP_URL or an installation. See docs/chaos.md.",
        epilog=_EXAMPLES,
        formatter_class=RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--only", type=_chosen, default=tuple(SCENARIOS), metavar="NAMES", help="some of --list, by comma"
    )
    parser.add_argument("--list", action="store_true", help="say which scenarios there are, and do nothing")
    parser.add_argument("--seed", type=int, default=7, help="where the dice begin (7)")
    parser.add_argument("--events", type=_positive, default=2_000, help="events handled in each scenario (2000)")
    parser.add_argument(
        "--kills",
        type=_positive,
        default=10,
        help="strikes; 50 are the full figure of every scenario, less is its share (10)",
    )
    parser.add_argument(
        "--broker", choices=_BROKERS, default="native", help="a private RabbitMQ, or RabbitMQ 4 in a container (native)"
    )
    parser.add_argument(
        "--folder", type=Path, default=FOLDER, help="where servers, logs and verdict.json live (.cam/chaos)"
    )
    parser.add_argument("--keep", action="store_true", help="keep the logs of scenarios that held, too")
    parser.add_argument("--json", action="store_true", help="print the verdict as one line of JSON, and nothing else")
    return parser.parse_args()


def _chosen(text: str) -> tuple[str, ...]:
    wanted = {name.strip() for name in text.split(",") if name.strip()}
    unknown = sorted(wanted - SCENARIOS.keys())
    if unknown or not wanted:
        raise ArgumentTypeError(f"{(unknown or [text])[0]!r}: choose from {', '.join(SCENARIOS)}")
    return tuple(name for name in SCENARIOS if name in wanted)


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) == 0:
        raise ArgumentTypeError(f"{text!r} is not a number above zero")
    return int(text)


def _list(*, as_json: bool) -> None:
    promises = {name: scenario.promise for name, scenario in SCENARIOS.items()}
    if as_json:
        sys.stdout.write(json.dumps(promises) + "\n")
        return
    for name, promise in promises.items():
        sys.stdout.write(f"{name:<18} {promise}\n")


def _progress(began: float) -> Say:
    return lambda line: print(f"[{time.monotonic() - began:4.0f} s] {line}", file=sys.stderr, flush=True)


@contextmanager
def _machines(options: Namespace, say: Say) -> Iterator[Machines]:
    """Run servers of our own, which nobody else uses or misses."""
    folder: Path = options.folder
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CamError("another `make chaos` is running there: give this one another --folder") from None
        machines = _BROKERS[options.broker](folder, say)
        try:
            yield machines
        finally:
            for number in _INTERRUPTIONS:
                signal.signal(number, signal.SIG_IGN)  # An impatient second Ctrl-C would leave servers behind.
            machines.close()


def _one(name: str, dose: Dose, machines: Machines, *, options: Namespace, say: Say) -> Result:
    folder = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=options.folder))
    say(f"{name}: {SCENARIOS[name].promise}")
    result = run(name, SCENARIOS[name], dose, machines=machines, folder=folder, say=lambda line: say(f"{name}: {line}"))
    if result.held and not options.keep:
        shutil.rmtree(folder, ignore_errors=True)
    else:
        machines.save_logs(folder)
        say(f"{name}: {'held' if result.held else 'not held'}; logs and the world's books: {folder}")
    return result


def _write_down(verdict: Mapping[str, object], results: list[Result], options: Namespace) -> None:
    written = options.folder / "verdict.json"
    everything = {**verdict, "details": details(results)}
    written.write_text(json.dumps(everything, indent=2, default=str) + "\n", encoding="utf-8")
    if not options.json:
        show(results, Console(markup=False, highlight=False, emoji=False, width=None if sys.stdout.isatty() else 200))
        sys.stdout.write(f"every loss, double and doubt by name: {written}\n")
    sys.stdout.write(json.dumps(verdict) + "\n")


if __name__ == "__main__":
    sys.exit(main())
