"""What can be going on in a reply, and which of the six classes that is."""

from enum import StrEnum

from shared.events import Classification

_POSITIVE, _NEGATIVE = Classification.POSITIVE, Classification.NEGATIVE
_UNSUB, _OOO, _NEUTRAL = Classification.UNSUB, Classification.OOO, Classification.NEUTRAL


class Situation(StrEnum):
    """What a text does, by the words of the reason; its name is its heading in the grammar."""

    INTERESTED = "is interested"
    MEETING = "wants to meet or talk"
    DETAILS = "asks for details"
    PRICE = "asks for the price"
    QUESTION = "asks about the product"
    CHANNEL = "prefers another channel"
    DECLINE = "declines"
    HAS_SOLUTION = "has a solution"
    TOO_EXPENSIVE = "finds it too expensive"
    RUDE = "declines rudely"
    OPTOUT = "wants no more mail"
    THREAT = "wants no more mail, with anger or threats"
    AWAY = "is away"
    LEFT = "left the company"
    UNMONITORED = "is read by nobody"
    RECEIPT = "confirms receipt automatically"
    DEFERRAL = "defers"
    REFERRAL = "refers to somebody else"
    WRONG_PERSON = "is the wrong person"
    WHO = "does not know us"
    SOURCE = "asks where we have the address from"
    ACKNOWLEDGED = "acknowledges"
    THINKING = "is undecided"
    OTHER = "speaks of something else"

    @property
    def meaning(self) -> Classification:
        """The class of this situation, by the policy in the classifier's README."""
        return _MEANS[self]


_MEANS = {
    **dict.fromkeys(
        (
            Situation.INTERESTED,
            Situation.MEETING,
            Situation.DETAILS,
            Situation.PRICE,
            Situation.QUESTION,
            Situation.CHANNEL,
        ),
        _POSITIVE,
    ),
    **dict.fromkeys((Situation.DECLINE, Situation.HAS_SOLUTION, Situation.TOO_EXPENSIVE, Situation.RUDE), _NEGATIVE),
    **dict.fromkeys((Situation.OPTOUT, Situation.THREAT), _UNSUB),
    **dict.fromkeys((Situation.AWAY, Situation.LEFT, Situation.UNMONITORED, Situation.RECEIPT), _OOO),
    **dict.fromkeys(
        (
            Situation.DEFERRAL,
            Situation.REFERRAL,
            Situation.WRONG_PERSON,
            Situation.WHO,
            Situation.SOURCE,
            Situation.ACKNOWLEDGED,
            Situation.THINKING,
            Situation.OTHER,
        ),
        _NEUTRAL,
    ),
}
