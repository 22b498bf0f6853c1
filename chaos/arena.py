"""Where one scenario takes place: servers, world, services and load, with all that a scenario may do to them."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from random import Random

from chaos.evidence import Evidence
from chaos.fleet import Fleet
from chaos.machines import Machines, Say
from chaos.proxy import Proxy
from chaos.settings import Dose
from chaos.witness import Witness
from console.stage import Stage
from demo.campaign import sequence
from demo.people import Person, csv_of, leads
from demo.sink import AlertSink
from demo.world import World
from shared.errors import CamError, OutageError

AWAKE_SECONDS = 60.0
LOOK_SECONDS = 0.2
SAY_SECONDS = 5.0
# How long nothing may move before what is left counts as lost.
STILL_SECONDS = 90.0
CALM_LOOKS = 3
WAVES = 8
SMALLEST_WAVE = 19
# A wave's last events come late, when the waits of its steps are over.
FED_SHARE = 0.6
ONE_OF_EACH = {"decision": 1, "classifier": 1, "alerter": 1, "sender": 1, "inbox": 1}
_COMMAND_SECONDS = 300
_FAR_FROM_THE_LOAD = 1_000_000


@dataclass
class Arena:
    """What a scenario plays with: it strikes at `fleet`, `machines` and `links`, and waits by `wait` and `until`.

    The load comes in waves, a campaign each, so that slow strikes meet load as well as quick ones do.
    """

    dose: Dose
    machines: Machines
    random: Random
    fleet: Fleet
    world: World
    sink: AlertSink
    witness: Witness
    stage: Stage
    environment: Mapping[str, str]
    folder: Path
    links: Mapping[str, Proxy]
    say: Say
    figures: dict[str, object] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)
    killed_senders: int | None = None  # None: not counted, so that nobody knows how many doubts there may be
    _said_at: float = 0
    _waves: list[list[Person]] = field(default_factory=list)
    _launched: int = 0
    _extra: int = 0

    def begin(self, scale: Mapping[str, int] | None = None) -> None:
        """Start the services, and launch the first campaign when all of them are awake."""
        scale = ONE_OF_EACH | dict(scale or {})
        self.fleet.start(scale)
        self.until(lambda: self.witness.awake() >= sum(scale.values()), AWAKE_SECONDS, "all services are awake")
        everybody = leads(self.dose.leads, self.dose.seed)
        size = max(SMALLEST_WAVE, -(-len(everybody) // WAVES))
        self._waves = [everybody[begin : begin + size] for begin in range(0, len(everybody), size)]
        self.launch()

    def launch(self) -> None:
        """Launch the next wave of the load."""
        wave = self._waves.pop(0)
        self._launched += len(wave)
        self._campaign(f"wave {self._launched}", wave)
        self.say(f"launched {self._launched} of {self.dose.leads} leads")

    def launch_one(self) -> str:
        """Let an e-mail be due now for a lead who is not among the load; return the address."""
        self._extra += 1
        people = leads(1, self.dose.seed + _FAR_FROM_THE_LOAD + self._extra)
        self._campaign(f"extra {self._extra}", people)
        return people[0].address

    def _campaign(self, name: str, people: list[Person]) -> None:
        table, steps = self.folder / "leads.csv", self.folder / "sequence.yml"
        table.write_text(csv_of(people), encoding="utf-8")
        steps.write_text(sequence(name), encoding="utf-8")
        self.cam("campaign", "create", "--strict", "--sequence", str(steps), "--leads", str(table))
        self.cam("campaign", "launch", name)

    def feed(self) -> None:
        """Launch the next wave if most of the load so far is done; call it where the load must not end."""
        if self._waves and self._handled() >= FED_SHARE * self.dose.events * self._launched / self.dose.leads:
            self.launch()

    def cam(self, *words: str) -> object:
        """Run a `cam` command as the operator would, and return its JSON."""
        done = subprocess.run(  # noqa: S603 - our own command line
            [sys.executable, "-m", "console", *words, "--json"],
            env={**self.environment, "PYTHONPATH": str(Path(__file__).resolve().parents[1])},
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=_COMMAND_SECONDS,
            check=False,
        )
        if done.returncode != 0:
            raise CamError(f"cam {words[0]} failed: {done.stderr.strip()[-300:]}")
        return json.loads(done.stdout)

    def order(self, service: str, point: str, action: str = "kill") -> Path:
        """Order a fault (see shared.faults); the file that is returned is gone when it was carried out."""
        order = self.folder / "faults" / f"{service}.{point}"
        fresh = order.with_name("new")
        fresh.write_text(action, encoding="ascii")
        return fresh.replace(order)

    def tick(self) -> None:
        """Let dead services be started again; to be called while waiting."""
        self.fleet.poll()
        time.sleep(LOOK_SECONDS)

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self.tick()

    def until(self, condition: Callable[[], bool], seconds: float, what: str) -> float:
        """Wait for a condition and return how long that took; raise `CamError` saying what never came true.

        A database or broker that is away means "not yet".
        """
        began = time.monotonic()
        while not self._true(condition):
            if time.monotonic() - began > seconds:
                raise CamError(f"not after {seconds:g} s: {what} (see {self.folder})")
            self.tick()
        return time.monotonic() - began

    def now(self) -> datetime:
        """Return the database's time; where a closing server takes our own connection along, it is asked again."""
        told: list[datetime] = []

        def tells() -> bool:
            told.append(self.witness.now())
            return True

        self.until(tells, AWAKE_SECONDS, "the database tells the time")
        return told[0]

    def happens(self, condition: Callable[[], bool], seconds: float) -> bool:
        """Wait for a condition as `until` does, and tell whether it came true."""
        try:
            self.until(condition, seconds, "")
        except CamError:
            return False
        return True

    def strikes(self, number: int, *, first: float = 0.03, last: float = 0.85) -> Iterator[int]:
        """Yield 1 to `number` at random moments while the load is under way, from its first to its last share."""
        moments = sorted(self.random.uniform(first, last) for _ in range(number))
        for count, moment in enumerate(moments, start=1):
            self._await_share(moment)
            self.say(f"{self.share():4.0%} of {self.dose.events} events, strike {count} of {number}")
            yield count

    def more_waves(self) -> bool:
        """Tell whether a part of the load is still to be launched."""
        return bool(self._waves)

    def share(self) -> float:
        """Return which part of the expected events is handled."""
        return self._handled() / self.dose.events

    def _await_share(self, share: float) -> None:
        """Wait for that part of the load; if it stops growing, go on: a strike at rest is better than none."""
        seen, since = -1, time.monotonic()
        while (handled := self._handled()) < share * self.dose.events and time.monotonic() - since < AWAKE_SECONDS:
            if handled != seen:
                seen, since = handled, time.monotonic()
            self.feed()
            self.tick()

    def _handled(self) -> int:
        try:
            return self.witness.handled()
        except OutageError:
            return 0

    def is_under_way(self) -> bool:
        """Tell whether somebody still has something to do."""
        return bool(self._waves) or not self._true(lambda: self.witness.unfinished() == 0)

    def say_sometimes(self, words: str) -> None:
        """Say something, unless something was said a moment ago."""
        if time.monotonic() - self._said_at > SAY_SECONDS:
            self.say(f"{self.share():4.0%} of {self.dose.events} events, {words}")
            self._said_at = time.monotonic()

    def hurry(self) -> None:
        """End the leases of the dead now, instead of in some minutes."""
        with suppress(OutageError):
            self.witness.hurry()

    def settle(self) -> None:
        """Wait until everything has come to its end, or until nothing moves any more."""
        while self._waves:
            self.launch()
        calm, left, since = 0, -1, time.monotonic()
        while calm < CALM_LOOKS and time.monotonic() - since < STILL_SECONDS:
            self.wait(0.5)
            with suppress(OutageError):
                self.witness.hurry()
                now = self.witness.unfinished()
                calm = calm + 1 if now == 0 and self.world.quiet() and not self.fleet.poll() else 0
                if now != left:
                    left, since = now, time.monotonic()
            self.say_sometimes(f"{left} things left to do")

    def close(self) -> Evidence:
        """Drain the services and return all that was seen."""
        for name, status in self.fleet.close().items():
            if status != 0:
                self.broken.append(f"{name} ended with status {status}")
        return self.witness.evidence(self.world.ledger, list(self.sink.alerts))

    @staticmethod
    def _true(condition: Callable[[], bool]) -> bool:
        try:
            return condition()
        except OutageError:
            return False
