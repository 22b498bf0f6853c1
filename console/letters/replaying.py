"""A replay: batches that grow while they are handled, and stop where they fail again.

Each group of letters that failed alike grows for itself, so that one whose cause is not mended stops after
its first letter and holds up no other. A batch is written down, given back, and waited for: an event is done
when its guard row exists, and failed again when it came back to the dead letters.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from sqlalchemy import Engine

from console.letters import audit
from console.letters.plan import Chosen, Plan, batches, subscription
from console.letters.stopping import Stop
from shared.messaging.dead_letters import Letter, Order, Pace, Told, give_back, look

_POLL_SECONDS = (0.05, 1.0)
# A batch holds its queue's other letters while it is given back.
_HOLD_SECONDS = 10


class Give(Protocol):
    """Publishes what shall be handled in the place of some letters, and takes those out."""

    def __call__(self, amqp_url: str, order: Order, *, replay_id: int, told: Told) -> None:
        """Tell of letters when what takes their place is safe."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How to replay: events a second at most, the largest batch, how long to wait for its results, what is given."""

    rate: float | None
    largest: int
    wait_seconds: float
    give: Give = give_back

    @property
    def batch(self) -> int:
        """Return the largest batch that is given back in a short time."""
        return self.largest if self.rate is None else max(1, min(self.largest, int(self.rate * _HOLD_SECONDS)))


@dataclass(slots=True)
class Report:
    """What became of each letter, and why the replay ended before all was done."""

    kind: str  # replay, edit
    number: int
    results: dict[str, str]
    end_reason: str | None = None

    def count(self, result: str) -> int:
        """Return how many letters came to this."""
        return sum(each == result for each in self.results.values())


@dataclass(slots=True)
class Replay:
    """One replay, from the first batch to the last."""

    amqp_url: str
    engine: Engine
    manner: Manner
    stop: Stop
    report: Report
    on_result: Callable[[Report], None]
    _pace: Pace = field(init=False)

    def __post_init__(self) -> None:
        self._pace = Pace(self.manner.rate)

    def run(self, plan: Plan) -> None:
        """Replay all groups of a plan; what an outage interrupts is in the report as far as it got."""
        try:
            for group in plan.groups:
                if not self.stop.asked:
                    self._group([letter for letter in plan.members(group) if letter.key is not None])
        finally:
            if self.stop.asked:
                self.report.end_reason = audit.STOPPED

    def _group(self, letters: Sequence[Chosen]) -> None:
        for batch in batches(letters, self.manner.batch):
            self._batch(batch)
            unhappy = {self.report.results[letter.id] for letter in batch} - {audit.DONE, audit.GONE}
            if unhappy:
                failed = audit.FAILED_AGAIN in unhappy
                self.report.end_reason = "failed again" if failed else "not handled in time"
            if unhappy or self.stop.asked:
                return

    def _batch(self, batch: Sequence[Chosen]) -> None:
        audit.intend(self.engine, self.report.number, batch)
        given: set[str] = set()
        order = Order(subscription(batch[0].queue), {letter.id for letter in batch}, self._pace, self.stop)
        rest = audit.LEFT
        try:
            self.manner.give(
                self.amqp_url,
                order,
                replay_id=self.report.number,
                told=lambda letters: self._note(given, letters),
            )
            rest = audit.LEFT if self.stop.asked else audit.GONE
        finally:
            audit.resolve(self.engine, sorted(given), self.report.kind)
            became = {letter.id: audit.STILL_TRYING if letter.id in given else rest for letter in batch}
            self._settle(became)
        self._wait([letter for letter in batch if letter.id in given])

    def _note(self, given: set[str], letters: Sequence[Letter]) -> None:
        given.update(letter.id for letter in letters)
        self.report.results |= {letter.id: audit.STILL_TRYING for letter in letters}
        self.on_result(self.report)

    def _settle(self, results: dict[str, str]) -> None:
        if not results:
            return
        self.report.results |= results
        audit.settle(self.engine, self.report.number, results)
        self.on_result(self.report)

    def _wait(self, letters: list[Chosen]) -> None:
        """Wait until each event is handled or a dead letter again, or the patience is over."""
        deadline = time.monotonic() + self.manner.wait_seconds
        pause = _POLL_SECONDS[0]
        while letters and not self.stop.asked:
            found = audit.decided(self.engine, self.report.number, letters)
            late = time.monotonic() > deadline
            if late and len(found) < len(letters):
                found = self._put_away_by_the_broker(letters) | found
            self._settle(found)
            letters = [letter for letter in letters if letter.id not in found]
            if late:
                return
            pause = _POLL_SECONDS[0] if found else min(pause * 1.5, _POLL_SECONDS[1])
            time.sleep(pause if letters else 0)

    def _put_away_by_the_broker(self, letters: Sequence[Chosen]) -> dict[str, str]:
        """Find those that came back without a word of a service, such as for the broker's delivery limit."""
        found: dict[str, str] = {}
        missing = {letter.id for letter in letters}

        def note(letter: Letter) -> bool:
            if letter.replay_id == self.report.number and letter.replayed_letter_id in missing:
                found[letter.replayed_letter_id] = audit.FAILED_AGAIN
            return True

        look(self.amqp_url, subscription(letters[0].queue), note)
        return found
