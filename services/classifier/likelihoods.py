"""How likely each class is: the model's judgement, less what it cannot know, with a second opinion mixed in."""

from collections.abc import Mapping

from services.classifier.model import Judgement
from services.classifier.signals import Opinion
from services.classifier.situations import Situation
from shared.events import Classification

SITUATIONS_OF = {
    meaning: tuple(situation for situation in Situation if situation.meaning is meaning) for meaning in Classification
}
_LANES = tuple(
    (meaning, tuple(number for number, situation in enumerate(Situation) if situation.meaning is meaning))
    for meaning in Classification
)
Classes = Mapping[Classification, float]
USUALLY_UNKNOWN = 0.3  # the share of names and rare words in a text that is understood
_SECOND_OPINION = 0.45  # what the phrases' class counts when they are asked
_OF_TORN = 0.7  # the same, where yes and no are said: the phrases know on which side of a "but" each stands
# What ends or holds a lead's mail must be this likely; below, a human decides.
_TO_BELIEVE = {Classification.NEGATIVE: 0.5, Classification.UNSUB: 0.55, Classification.OOO: 0.65}
_LONGEST_ABSENCE = 50  # words; machines that write more say so in their header fields
_SHORTEST_RECEIPT = 8
_HARDLY = 0.4  # how sure one can be of what speaks of something else, or in unknown words


def classes_of(judgement: Judgement) -> dict[Classification, float]:
    """Return how likely each class is; the more words are unknown, the more is left to a human."""
    doubt = max(0.0, judgement.unknown - USUALLY_UNKNOWN) / (1 - USUALLY_UNKNOWN)
    likely = tuple(judgement.of.values())
    classes = {meaning: (1 - doubt) * sum(likely[lane] for lane in lanes) for meaning, lanes in _LANES}
    classes[Classification.NEUTRAL] += doubt
    return classes


def mixed(classes: Classes, second: Opinion) -> dict[Classification, float]:
    """Return how likely the classes are once the phrases have had their say."""
    weight = (_OF_TORN if second.torn else _SECOND_OPINION) * second.strength
    return {
        meaning: likely * (1 - weight) + weight * (meaning is second.meaning) for meaning, likely in classes.items()
    }


def likeliest(classes: Classes, judgement: Judgement, words: int) -> tuple[Classification, float]:
    """Return the class to believe and how sure that is; what is not likely enough is left to a human."""
    possible = dict(classes)
    if not _may_be_a_machine(judgement, words):
        possible[Classification.OOO] = 0.0
    meaning = max(possible, key=lambda one: possible[one])
    likely = possible[meaning]
    if likely < _TO_BELIEVE.get(meaning, 0.0):
        return Classification.NEUTRAL, min(likely, _HARDLY)
    if judgement.of[Situation.OTHER] > likely / 2 or judgement.unknown > 2 * USUALLY_UNKNOWN:
        return meaning, min(likely, _HARDLY)
    return meaning, likely


def _may_be_a_machine(judgement: Judgement, words: int) -> bool:
    """Tell whether a text without the header fields of a machine may be one's: neither long, strange nor terse."""
    terse = words < _SHORTEST_RECEIPT and judgement.of[Situation.RECEIPT] > max(
        judgement.of[Situation.AWAY], judgement.of[Situation.LEFT], judgement.of[Situation.UNMONITORED]
    )
    return words <= _LONGEST_ABSENCE and judgement.unknown <= USUALLY_UNKNOWN and not terse
