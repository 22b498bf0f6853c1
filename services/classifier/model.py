"""Evaluates the trained model: weights of features summed, in plain Python.

The weights of a feature for all situations are packed into one integer, 32 bits each, so that one addition adds
them all. A sum of packed integers is the packed sum, as long as no lane leaves its 32 bits; texts are cut far
below that.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from math import exp, sqrt
from struct import unpack

from services.classifier.concepts import NONE, concept
from services.classifier.features import Features, grams
from services.classifier.situations import Situation

_LANE = 32
_MIDDLE = 1 << (_LANE - 1)
_MASK = (1 << _LANE) - 1
FORMAT = 1  # of the weights file
_WORDS_KEPT = 20_000  # words whose pieces need not be summed again
_SITUATIONS = tuple(Situation)
_NUMBERS = {situation: number for number, situation in enumerate(_SITUATIONS)}
_LANES = len(_SITUATIONS)
_SIGNED = f"<{_LANES}i"
_ZERO = sum(_MIDDLE << (_LANE * lane) for lane in range(_LANES))


def packed(lanes: Iterable[tuple[int, int]]) -> int:
    """Pack weights, given as pairs of lane and weight, into one integer."""
    return sum(weight << (_LANE * lane) for lane, weight in lanes)


def unpacked(total: int) -> tuple[int, ...]:
    """Return the weights of all lanes."""
    # What was borrowed from the next lane is given back, and the sign of each lane stands in its own highest bit.
    return unpack(_SIGNED, (total + _ZERO ^ _ZERO).to_bytes(_LANES * _LANE // 8, "little"))


def _lane(total: int, shift: int) -> int:
    return ((total + _ZERO >> shift) & _MASK) - _MIDDLE


@dataclass(frozen=True, slots=True)
class Judgement:
    """How likely each situation is (they add up to 1), and the share of words of which nothing is known.

    `strange`: the model has never seen some word, though its concept may be known.
    """

    of: Mapping[Situation, float]
    unknown: float
    strange: bool = False


class Model:
    """The weights that `make train` wrote, and how far its scores overstate what they know."""

    def __init__(
        self, weights: Mapping[str, int], bias: Sequence[float], unit: float, temperature: float = 1.0
    ) -> None:
        self._weights = weights
        self._bias = bias
        self._unit = unit
        self._temperature = temperature
        self._word = lru_cache(_WORDS_KEPT)(self._of_word)

    @classmethod
    def read(cls, lines: Iterable[str]) -> "Model":
        """Read a weights file: a line of JSON, then a line for each feature.

        Raise `ValueError` if it is of another format or for other situations.
        """
        rest = iter(lines)
        head = json.loads(next(rest))
        if head["format"] != FORMAT or head["situations"] != [one.name for one in Situation]:
            raise ValueError("the weights are of another version of the classifier: run make train")
        named = (line.rstrip("\n").split("\t") for line in rest)
        weights = {name: packed(_pairs(numbers)) for name, numbers in named}
        return cls(weights, head["bias"], head["unit"], head["temperature"])

    def judge(self, found: Features) -> Judgement:
        """Return how likely each situation is."""
        top = self.scores(found)
        highest = max(top)
        powers = [exp((score - highest) / self._temperature) for score in top]
        total = sum(powers)
        words = len(found.words)
        strange = words - sum(map(self._weights.__contains__, found.words))
        unknown = sum(map(self._means_nothing, found.words)) if strange else 0
        return Judgement(
            {situation: power / total for situation, power in zip(_SITUATIONS, powers, strict=True)},
            unknown / words if words else 1.0,
            bool(strange),
        )

    def known(self) -> Iterator[str]:
        """Yield the names of the features that have weights, words as they are."""
        return iter(self._weights)

    def unknown(self, words: Iterable[str]) -> set[str]:
        """Return which words the model has never seen."""
        return set(words).difference(self._weights)

    def scores(self, found: Features) -> list[float]:
        """Return the score of each situation: bias and flags, and words and shapes by the root of the length."""
        get = self._weights.get
        inside = sum(map(self._word, found.words)) + sum(filter(None, map(get, found.shapes)))
        around = sum(filter(None, map(get, found.flags)))
        root = sqrt(len(found.words) or 1)
        unit = self._unit
        return [
            bias + unit * (flag + word / root)
            for bias, flag, word in zip(self._bias, unpacked(around), unpacked(inside), strict=True)
        ]

    def speaks_for(self, situation: Situation, words: Sequence[str]) -> list[float]:
        """Return how much each word of a text, alone and with its neighbours, speaks for a situation."""
        shift = _LANE * _NUMBERS[situation]
        spoken = [float(_lane(self._word(word), shift)) for word in words]
        for size in (2, 3):
            for start in range(len(words) - size + 1):
                if weight := self._weights.get(" ".join(words[start : start + size])):
                    share = _lane(weight, shift) / size
                    for place in range(start, start + size):
                        spoken[place] += share
        return spoken

    def _means_nothing(self, word: str) -> bool:
        return word not in self._weights and concept(word) == NONE

    def _of_word(self, word: str) -> int:
        get = self._weights.get
        return get(word, 0) + sum(filter(None, map(get, grams(word))))


def _pairs(numbers: str) -> Iterator[tuple[int, int]]:
    flat = iter(map(int, numbers.split(" ")))
    return zip(flat, flat, strict=True)


@cache
def shipped() -> Model:
    """Return the model that comes with the classifier, read once."""
    with (files(__package__) / "model.tsv").open(encoding="utf-8") as lines:
        return Model.read(lines)
