"""`make fuzz`: reads and understands damaged e-mails by the hundred thousand; none may raise, hang or take long."""

import json
import random
import signal
import sys
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from evaluation import corpus
from evaluation.hostile import hostile
from evaluation.mutations import mutated
from evaluation.speed import typical
from services.classifier.incoming import from_email, reply_text
from services.classifier.rules import classify
from shared.mail.parsing import UnparsableError, parse_email

_SLOWEST_MILLISECONDS = 100
_HANGS_AFTER_SECONDS = 10
_REFUSALS = {"empty", "no header field"}
_PROGRESS = 5_000
_KEPT = 5


class HangingError(BaseException):
    """An e-mail takes longer than anybody would wait; no `Exception`, so that nobody on the way takes it for one."""


@dataclass(slots=True)
class Outcome:
    """What became of the e-mails: refused ones, which have no header, are no failure."""

    tried: int = 0
    refused: int = 0
    failures: list[str] = field(default_factory=list)
    slowest: list[tuple[float, str]] = field(default_factory=list)  # milliseconds of processor time

    @property
    def is_good(self) -> bool:
        """Tell whether nothing raised, hung or took too long."""
        return not self.failures and (not self.slowest or self.slowest[0][0] <= _SLOWEST_MILLISECONDS)


def main() -> int:
    """Fuzz and say how it went; return 1 if an e-mail raised, hung or took too long."""
    options = _options()
    signal.signal(signal.SIGALRM, _hanging)
    outcome = Outcome()
    understand(b"Subject: hello\r\n\r\nYes, call me.\r\n")  # what is loaded at the first e-mail is none's cost
    try:
        for name, raw in _mails(options):
            signal.alarm(_HANGS_AFTER_SECONDS)
            attempt(outcome, name, raw)
            if outcome.tried % _PROGRESS == 0:
                sys.stderr.write(f"fuzz: {outcome.tried:,} of {options.count:,}\n")
    except KeyboardInterrupt:
        sys.stderr.write("fuzz: interrupted\n")
    signal.alarm(0)
    _tell(outcome, as_json=options.json)
    return 0 if outcome.is_good else 1


def understand(raw: bytes) -> None:
    """Do with an e-mail all that the services do with it; raise `UnparsableError` for what is none."""
    mail = from_email(parse_email(raw))
    found = classify(mail)
    reply_text(mail, found)
    json.dumps(found.facts.to_json())


def attempt(outcome: Outcome, name: str, raw: bytes, work: Callable[[bytes], None] = understand) -> None:
    """Read and understand one e-mail, and note what became of it."""
    outcome.tried += 1
    began = time.process_time()
    try:
        work(raw)
    except UnparsableError as error:
        # Any other reason is an exception of a parser that was caught.
        if str(error) in _REFUSALS:
            outcome.refused += 1
        else:
            outcome.failures.append(f"{name}: refused: {error}")
    except (Exception, HangingError) as error:  # noqa: BLE001 - this is what is looked for
        outcome.failures.append(f"{name}: {type(error).__name__}: {error}"[:300])
    milliseconds = 1000 * (time.process_time() - began)
    outcome.slowest = sorted([*outcome.slowest, (milliseconds, name)], reverse=True)[:_KEPT]


def _mails(options: Namespace) -> Iterator[tuple[str, bytes]]:
    """Yield names, by which an e-mail can be made again, and e-mails: first those made to be slow."""
    yield from hostile(options.seed)
    originals = _originals(options.mail)
    for number in range(options.first, options.first + options.count):
        yield f"--seed {options.seed} --first {number} --count 1", damaged(originals, options.seed, number)


def damaged(originals: Sequence[bytes], seed: int, number: int) -> bytes:
    """Return the damaged e-mail of a number: always the same one."""
    chance = random.Random(f"{seed}/{number}")
    return mutated(chance, chance.choice(originals), chance.choice(originals))


def _originals(folder: Path) -> list[bytes]:
    if why := corpus.missing(folder):
        sys.stderr.write(f"fuzz: {why}: damaging the e-mails of this program only\n")
        return [raw for _, raw in hostile() if len(raw) < 20_000] or [b"Subject: hello\r\n\r\nYes, call me.\r\n"]  # noqa: PLR2004
    return [*(message.raw for message in corpus.messages(folder)), *map(typical, corpus.replies(folder))]


def _tell(outcome: Outcome, *, as_json: bool) -> None:
    slowest = [{"milliseconds": round(milliseconds, 1), "name": name} for milliseconds, name in outcome.slowest]
    if as_json:
        facts = {"tried": outcome.tried, "refused": outcome.refused, "failures": outcome.failures, "slowest": slowest}
        sys.stdout.write(json.dumps(facts, indent=2) + "\n")
        return
    lines = [f"{outcome.tried:,} e-mails: {len(outcome.failures)} raised or hung, {outcome.refused:,} were refused"]
    lines += [f"  {failure}" for failure in outcome.failures[:20]]
    lines += [f"slowest: {one['milliseconds']} ms ({one['name']})" for one in slowest]
    sys.stdout.write("\n".join(lines) + "\n")


def _hanging(_number: int, _frame: FrameType | None) -> None:
    raise HangingError(f"more than {_HANGS_AFTER_SECONDS} seconds")


def _options() -> Namespace:
    parser = ArgumentParser(
        prog="make fuzz",
        description='Example: make fuzz ARGS="--count 100000 --seed 7". Status 1: something was found.',
    )
    parser.add_argument("--count", type=int, default=100_000, help="how many damaged e-mails (%(default)s)")
    parser.add_argument("--first", type=int, default=0, help="the number of the first one (%(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="another seed gives other e-mails (%(default)s)")
    parser.add_argument("--mail", type=Path, default=corpus.MAIL, help="the folder of sample mail (%(default)s)")
    parser.add_argument("--json", action="store_true", help="print the outcome as JSON")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
