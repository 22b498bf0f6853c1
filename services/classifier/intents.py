"""What a person wants: the model's judgement, with the phrases as second opinion where it is not sure."""

from collections.abc import Iterator, Sequence

from services.classifier.absences import without_absence
from services.classifier.features import Features, features
from services.classifier.likelihoods import SITUATIONS_OF, USUALLY_UNKNOWN, classes_of, likeliest, mixed
from services.classifier.model import Judgement, shipped
from services.classifier.optouts import opt_out
from services.classifier.signals import answers_us, opinion
from services.classifier.situations import Situation
from services.classifier.spelling import corrected
from services.classifier.understanding import Facts, Incoming, Understanding
from services.classifier.words import addresses, is_reply, quoted, reason
from shared.events import Classification

_SURE = 0.82  # above, nobody else is asked
_LIKELY_STOP = 0.6  # an opt-out
_TORN = 0.65  # how sure one can be of what says both yes and no
_LIKELY = 0.3  # a situation that leaves a fact
_POSSIBLE = 0.05  # a meeting among the ways to say yes
_LONGEST_QUOTE = 6  # words


def intent(mail: Incoming, text: str) -> Understanding:
    """Return what a person's own text asks for; NEUTRAL with little confidence if there are no words."""
    found = features(text)
    if not found.words:
        said = "nothing but quoted mail" if mail.body.strip() else "empty"
        return Understanding(Classification.NEUTRAL, 0.3, said)
    judgement = shipped().judge(found)
    if judgement.strange and (meant := corrected(text, found.words)) is not text:
        # Once: what is still strange in a text that was put right stays so.
        if wish := opt_out(mail, meant):
            return wish
        text, found = meant, features(meant)
        judgement = shipped().judge(found)
    return _weighed(mail, text, found, judgement)


def _weighed(mail: Incoming, text: str, found: Features, judgement: Judgement) -> Understanding:
    classes = classes_of(judgement)
    if "list-unsubscribe" in mail.headers:
        classes[Classification.UNSUB] = 0.0  # below what a list sends to everybody stands how to leave it
    if mail.subject and not is_reply(mail.subject):
        classes[Classification.OOO] = 0.0  # a machine that answers says so in the subject, or keeps ours
    first = max(classes, key=lambda one: classes[one])
    # Who wants no more mail often says no as well: the phrases would hear only that.
    doubtful = classes[first] < _SURE and not (first is Classification.UNSUB and classes[first] >= _LIKELY_STOP)
    asked = doubtful and judgement.unknown <= USUALLY_UNKNOWN
    second = opinion(text) if asked else None
    if second:
        classes = mixed(classes, second)
    meaning, confidence = likeliest(classes, judgement, len(found.words))
    if second and second.torn:
        confidence = min(confidence, _TORN)
    said = second.said if second and second.meaning is meaning else _said(judgement, found, meaning)
    return Understanding(meaning, round(confidence, 3), reason(said), _facts(judgement, found, text, meaning))


def talks_to_us(text: str) -> bool:
    """Tell whether a text that mentions an absence also answers us, as only a person does."""
    return answers_us(without_absence(text))


def _facts(judgement: Judgement, found: Features, text: str, meaning: Classification) -> Facts:
    likely = judgement.of
    machine = meaning is Classification.OOO
    positive = meaning is Classification.POSITIVE
    refers = not positive and likely[Situation.REFERRAL] + likely[Situation.WRONG_PERSON] >= _LIKELY
    return Facts(
        language=found.language,
        left_company=machine and likely[Situation.LEFT] >= _LIKELY,
        unmonitored=machine and likely[Situation.UNMONITORED] >= _LIKELY,
        acknowledgement=machine and likely[Situation.RECEIPT] > max(likely[Situation.LEFT], likely[Situation.AWAY]),
        wants_meeting=positive and likely[Situation.MEETING] >= _POSSIBLE,
        referral_address=next(addresses(text), None) if refers else None,
    )


def _said(judgement: Judgement, found: Features, meaning: Classification) -> str:
    """Return the likeliest situation of a class and the words that speak for it."""
    situation = max(SITUATIONS_OF[meaning], key=judgement.of.__getitem__)
    words = quoted(_loudest(found.words, shipped().speaks_for(situation, found.words)))
    return f"{situation}: {words}" if words else str(situation)


def _loudest(words: Sequence[str], spoken: Sequence[float]) -> Iterator[str]:
    """Return the two runs of words that speak loudest."""
    left = list(spoken)
    first = max(left)
    for _ in range(2):
        top = max(left)
        if top <= 0 or top < first / 2:
            return
        start = end = left.index(top)
        while end + 1 < len(left) and end - start + 1 < _LONGEST_QUOTE and left[end + 1] > top / 10:
            end += 1
        while start and end - start + 1 < _LONGEST_QUOTE and left[start - 1] > top / 10:
            start -= 1
        yield " ".join(words[start : end + 1])
        left[start : end + 1] = [0.0] * (end + 1 - start)
