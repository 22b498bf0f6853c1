"""Mail that nobody on this project wrote; floors below what was measured, policy of the six classes in its README."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

import pytest

from evaluation import corpus, own_words, short_replies, whole_messages
from evaluation.scores import SURE, Judged, accuracy, macro_f1, score
from services.classifier.rules import Understanding

pytestmark = pytest.mark.skipif(bool(corpus.missing()), reason=corpus.missing())


@pytest.fixture(scope="module")
def intents() -> list[Judged]:
    return short_replies.understand(corpus.replies())


@pytest.fixture(scope="module")
def messages() -> dict[str, list[Understanding]]:
    found = defaultdict(list)
    for message, understanding in whole_messages.understand(corpus.messages()):
        if understanding:
            found[message.label].append(understanding)
    return found


def classes(found: Iterable[Understanding]) -> Counter[str]:
    return Counter(str(one.classification) for one in found)


def test_short_replies_are_understood(intents: Sequence[Judged]) -> None:
    assert accuracy(intents) >= 0.9
    assert macro_f1(intents) >= 0.9


@pytest.mark.parametrize(("meaning", "precision", "recall"), [("UNSUB", 0.95, 0.97), ("OOO", 0.95, 0.95)])
def test_the_classes_that_must_not_fail(
    intents: Sequence[Judged], meaning: str, precision: float, recall: float
) -> None:
    found = score(intents, meaning)
    assert (found.precision >= precision, found.recall >= recall) == (True, True)


def test_what_is_said_with_confidence_is_right(intents: Sequence[Judged]) -> None:
    assert accuracy([one for one in intents if one.confidence >= SURE]) >= 0.97


def test_nearly_all_bounces_are_found_and_none_does_harm(messages: dict[str, list[Understanding]]) -> None:
    found = messages["BOUNCE"]
    bounces = classes(found)
    assert bounces["BOUNCE"] / len(found) >= 0.985
    assert (bounces["OOO"], bounces["POSITIVE"], bounces["UNSUB"]) == (0, 0, 0)


def test_dead_addresses_are_told_from_the_rest() -> None:
    read = whole_messages.understand(one for one in corpus.messages() if one.label == "BOUNCE")
    right = [
        (str(found.facts.bounce_kind) == "HARD") == one.hard for one, found in read if found and one.hard is not None
    ]
    assert sum(right) / len(right) >= 0.92


def test_ordinary_mail_is_neither_absence_nor_bounce(messages: dict[str, list[Understanding]]) -> None:
    found = classes(messages["ORDINARY"] + messages["HUMAN"])
    assert (found["OOO"], found["BOUNCE"]) == (0, 0)


def test_complaints_and_absences_are_recognised(messages: dict[str, list[Understanding]]) -> None:
    assert classes(messages["OTHER_FBL"])["UNSUB"] == len(messages["OTHER_FBL"])
    assert all(one.facts.complaint for one in messages["OTHER_FBL"])
    assert all(one.facts.delivered for one in messages["OTHER_DELIVERED"])
    assert classes(messages["OOO"])["OOO"] == len(messages["OOO"])


def test_what_senders_wrote_is_told_from_what_they_quote() -> None:
    figures = own_words.measure_quotes(corpus.quotes()).figures
    assert [figure for figure in figures if not figure.reached] == []
