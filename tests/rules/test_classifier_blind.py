"""Lists of replies that were written before the classifier was tried on them: a floor for each class of each list.

The floors are below what was measured when a list was last looked at, so that a step back is seen. How good the
classifier is on mail that nobody has seen say the first looks in docs/model-card.md, not these.
"""

import pytest

from evaluation import blind, short_replies
from evaluation.scores import SURE, Judged, accuracy, score

LISTS = {name: short_replies.understand(replies) for name, replies in blind.lists().items()}
FEW = 15
FLOORS = {"UNSUB": 0.9, "NEGATIVE": 0.93, "POSITIVE": 0.93, "NEUTRAL": 0.95, "OOO": 0.95}


def named(name: str) -> list[Judged]:
    return LISTS[name]


def test_the_lists_are_whole() -> None:
    assert {name: len(judged) for name, judged in LISTS.items()} == {
        "a": 347,
        "b": 226,
        "c": 193,
        "d": 63,
        "first": 338,
    }


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize(("label", "floor"), FLOORS.items())
def test_each_class_is_found(name: str, label: str, floor: float) -> None:
    found = score(named(name), label)
    # Of a handful, one that is missed says little.
    assert found.recall >= (floor if found.count >= FEW else floor - 1 / found.count)


@pytest.mark.parametrize("name", LISTS)
def test_what_is_called_an_opt_out_is_one(name: str) -> None:
    assert score(named(name), "UNSUB").precision >= 0.97


@pytest.mark.parametrize("name", LISTS)
def test_what_is_said_with_confidence_is_right(name: str) -> None:
    sure = [one for one in named(name) if one.confidence >= SURE]
    assert len(sure) >= 0.75 * len(named(name))
    assert accuracy(sure) >= 0.97
