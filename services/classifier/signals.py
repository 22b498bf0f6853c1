"""Phrases that say yes, no, or something a human must decide, weighed with negation and contrast.

The second opinion on what the model is not sure of.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from services.classifier.decline_words import NO
from services.classifier.intent_words import ASK, LATER, REFER, WHO, YES
from services.classifier.phrases import Phrases
from services.classifier.words import plain, quoted
from shared.events import Classification

_LOOKED_AT = 3_000
_CLAUSE = re.compile(
    r"(?<=[.!?;])\s+|\n[ \t]{0,20}\n|[,;. \n]{1,3}(?=(?:but|however|although|though|aber|jedoch|allerdings|pero|"
    r"sin embargo|mais|cependant|maar|ma|pero'|mas|porem)\b)"
)
_CONTRAST = re.compile(
    r"\W{0,3}(?:but|however|aber|jedoch|allerdings|pero|sin embargo|mais|cependant|maar|ma|mas|porem)\b"
)
_NEGATED = re.compile(
    r"\b(?:not|no|never|nicht|kein\w{0,2}|nunca|pas|ne|niet|geen|non|nao|without)(?: \w{1,12}){0,2} $"
)


class Signal(StrEnum):
    """What a phrase says, by the words of the reason."""

    NO = "declines"
    YES = "agrees"
    ASK = "asks"
    LATER = "defers"
    REFER = "refers to somebody else"
    WHO = "does not know us"


# A phrase that one of these found is not looked at by the next: "not interested" is no "interested".
_ORDER = ((Signal.WHO, WHO), (Signal.REFER, REFER), (Signal.NO, NO), (Signal.LATER, LATER), (Signal.YES, YES))
_AFTER_CONTRAST = 2.5
_QUESTION = 0.6
_SHORTEST_QUESTION = 3  # words


@dataclass(frozen=True, slots=True)
class Opinion:
    """What phrases say: a class, how clearly (0 to 1), the phrases, and whether others say the opposite."""

    meaning: Classification
    strength: float
    said: str
    torn: bool


@dataclass(slots=True)
class _Weights:
    """How strongly each signal speaks, and its words."""

    of: dict[Signal, float] = field(default_factory=lambda: dict.fromkeys(Signal, 0.0))
    words: dict[Signal, list[str]] = field(default_factory=lambda: {signal: [] for signal in Signal})

    def add(self, signal: Signal, weight: float, words: str) -> None:
        self.of[signal] += weight
        self.words[signal].append(words)


def opinion(text: str) -> Opinion | None:
    """Return what the phrases in a text say, None if there are none."""
    weights = _weigh(plain(text[:_LOOKED_AT]).strip())
    if not any(weights.of.values()):
        return None
    signal, strength = _decide(weights)
    torn = bool(weights.of[Signal.NO]) and bool(weights.of[Signal.YES])
    return Opinion(_MEANS[signal], strength, f"{signal}: {quoted(weights.words[signal])}", torn)


_MEANS = {
    Signal.YES: Classification.POSITIVE,
    Signal.ASK: Classification.POSITIVE,
    Signal.NO: Classification.NEGATIVE,
    Signal.LATER: Classification.NEUTRAL,
    Signal.REFER: Classification.NEUTRAL,
    Signal.WHO: Classification.NEUTRAL,
}


def answers_us(text: str) -> bool:
    """Tell whether the phrases of a text agree, decline or ask."""
    weights = _weigh(plain(text[:_LOOKED_AT]))
    return weights.of[Signal.YES] >= 1 or weights.of[Signal.NO] >= 1 or weights.of[Signal.ASK] > 0


def _weigh(words: str) -> _Weights:
    weights = _Weights()
    patterns = [(signal, pattern) for signal, pattern in _ORDER if pattern.possible(words)]
    for clause in _CLAUSE.split(words):
        factor = _AFTER_CONTRAST if _CONTRAST.match(clause) else 1.0
        for signal, found in _signals(clause, patterns):
            weights.add(signal, factor * (_QUESTION if signal is Signal.ASK else 1.0), found)
    return weights


def _signals(clause: str, patterns: Sequence[tuple[Signal, Phrases]]) -> Iterator[tuple[Signal, str]]:
    asked = False
    for signal, pattern in patterns:
        kept: list[str] = []
        position = 0
        for match in pattern.finditer(clause):
            negated = signal is Signal.YES and _NEGATED.search(clause[max(0, match.start() - 40) : match.start()])
            asked = True
            yield (Signal.NO if negated else signal), match.group()
            kept += [clause[position : match.start()], " | "]
            position = match.end()
        if kept:
            clause = "".join((*kept, clause[position:]))
    if not asked and clause.rstrip(" |\"')").endswith("?") and len(clause.split()) >= _SHORTEST_QUESTION:
        words = ASK.search(clause)
        yield Signal.ASK, words.group() if words else clause.strip(" |")


def _decide(weights: _Weights) -> tuple[Signal, float]:
    """Weigh the signals against each other; a referral or a deferral stands against a plain no."""
    of = weights.of
    yes = of[Signal.YES] + of[Signal.ASK]
    human = max((Signal.REFER, Signal.LATER, Signal.WHO), key=lambda signal: of[signal])
    against = of[Signal.NO] + of[human]
    if yes > against or (yes and not against):
        signal = Signal.YES if of[Signal.YES] else Signal.ASK
        return signal, _confidence(of[signal], against, strong=signal is Signal.YES)
    if of[Signal.REFER] and of[Signal.REFER] >= of[Signal.NO]:
        return Signal.REFER, _confidence(of[Signal.REFER], yes + of[Signal.NO], strong=True)
    if of[Signal.NO] >= of[human] and of[Signal.NO] >= yes:
        return Signal.NO, _confidence(of[Signal.NO], yes + of[human], strong=True)
    return human, _confidence(of[human], yes + of[Signal.NO], strong=True)


def _confidence(weight: float, against: float, *, strong: bool) -> float:
    if against:
        return 0.6 if weight >= 2 * against else 0.5
    return (0.9 if weight > 1 else 0.8) if strong else 0.6
