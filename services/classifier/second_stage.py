"""Asks for second opinions about a batch: several at once, within a time, a budget and a breaker."""

import time
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from threading import Event
from typing import Protocol

import structlog

from services.classifier.breaker import Breaker
from services.classifier.incoming import own_words
from services.classifier.second_opinion import NoAnswerError, Opinion, doubted, is_wanted, merged
from services.classifier.understanding import Incoming, Understanding
from shared.errors import OutageError

log = structlog.get_logger()

_LOOK_UP_SECONDS = 0.1
_REMEMBERED = 1_000


class Asks(Protocol):
    """Who is asked."""

    name: str

    def ask(self, subject: str, text: str) -> Opinion:
        """Return what a reply means, or raise `NoAnswerError`."""


class Spends(Protocol):
    """What counts how often."""

    def spend(self) -> bool:
        """Count one request and return whether it may be made."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """Below which confidence the second stage is asked, how long a batch may wait, and how many ask at once."""

    below: float
    batch_seconds: float
    connections: int


Question = tuple[str, str]


@dataclass(slots=True)
class SecondStage:
    """The second stage of one classifier; `stop` ends all waiting."""

    model: Asks
    budget: Spends
    bounds: Bounds
    breaker: Breaker = field(default_factory=Breaker)
    stop: Event = field(default_factory=Event)
    # A batch that is tried again, because the database went away, does not ask again.
    _known: OrderedDict[Question, Opinion] = field(default_factory=OrderedDict)
    _threads: ThreadPoolExecutor = field(init=False)

    def __post_init__(self) -> None:
        self._threads = ThreadPoolExecutor(self.bounds.connections, thread_name_prefix="second-stage")

    def unsure(self, mails: Mapping[int, Incoming], found: Mapping[int, Understanding]) -> set[int]:
        """Return which replies it would be asked about."""
        return {
            number
            for number, understanding in found.items()
            if is_wanted(understanding, own_words(mails[number], understanding), self.bounds.below)
        }

    def judge(self, mails: Mapping[int, Incoming], found: Mapping[int, Understanding]) -> dict[int, Understanding]:
        """Ask about these replies; who got no answer keeps the cheap one, marked for a person."""
        if self.breaker.is_open():
            return {number: doubted(understanding) for number, understanding in found.items()}
        texts = {number: own_words(mails[number], understanding) for number, understanding in found.items()}
        asked = {
            number: self._threads.submit(self._ask, (mails[number].subject, text)) for number, text in texts.items()
        }
        self._await(list(asked.values()))
        opinions = {number: _opinion(future) for number, future in asked.items()}
        return {
            number: merged(understanding, opinion, texts[number], self.model.name)
            if (opinion := opinions[number])
            else doubted(understanding)
            for number, understanding in found.items()
        }

    def _await(self, asked: Sequence["Future[Opinion]"]) -> None:
        """Wait for answers as long as a batch may; if there is not one, everybody who is late has failed."""
        deadline = time.monotonic() + self.bounds.batch_seconds
        late = set(asked)
        while late and not self.stop.is_set() and (left := deadline - time.monotonic()) > 0:
            _, late = wait(late, timeout=min(left, _LOOK_UP_SECONDS))
        if late and len(late) == len(asked) and not self.stop.is_set():
            for _ in late:
                self._failed(NoAnswerError("the batch could wait no longer"))

    def _ask(self, question: Question) -> Opinion:
        if question in self._known:
            return self._known[question]
        if self.breaker.is_open():
            raise NoAnswerError("it rests")
        if not self.budget.spend():
            raise NoAnswerError("the day's budget is spent")
        try:
            opinion = self.model.ask(*question)
        except NoAnswerError as error:
            self._failed(error)
            raise
        if self.breaker.succeeded():
            log.info("second_stage_answers_again", model=self.model.name)
        self._remember(question, opinion)
        return opinion

    def _failed(self, error: NoAnswerError) -> None:
        if self.breaker.failed():
            log.warning("second_stage_rests", model=self.model.name, error=str(error))

    def _remember(self, question: Question, opinion: Opinion) -> None:
        self._known[question] = opinion
        while len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)


def _opinion(asked: "Future[Opinion]") -> Opinion | None:
    if not asked.done():
        asked.cancel()
        return None
    try:
        return asked.result()
    except NoAnswerError:
        return None
    except OutageError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever goes wrong in here, classification goes on
        log.warning("second_stage_failed", error=type(error).__name__)
        return None
