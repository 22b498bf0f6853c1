"""Mail that nobody on this project wrote; floors below what was measured, policy of the six classes in its README."""

import csv
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path

import pytest

from services.classifier.rules import Incoming, Understanding, classify
from shared.mail.parsing import UnparsableError, parse_email

MAIL = Path(__file__).resolve().parents[3] / "shared" / "data" / "mail"
pytestmark = pytest.mark.skipif(not MAIL.is_dir(), reason=f"no folder {MAIL}")

Pairs = list[tuple[str, str]]


def rows(name: str) -> list[dict[str, str]]:
    with (MAIL / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def headers(lines: str) -> dict[str, str]:
    parts = (line.partition(":") for line in lines.splitlines())
    return {name.strip().lower(): value.strip() for name, _, value in parts if value}


@pytest.fixture(scope="module")
def intents() -> Pairs:
    return [
        (row["label"], classify(Incoming(row["subject"], "", headers(row["headers"]), row["text"])).classification)
        for row in rows("intents.csv")
    ]


@pytest.fixture(scope="module")
def sure() -> set[int]:
    """Return the numbers of the replies that are judged with a confidence of 0.7 or more."""
    found = (
        classify(Incoming(row["subject"], "", headers(row["headers"]), row["text"])) for row in rows("intents.csv")
    )
    return {number for number, one in enumerate(found) if one.confidence >= 0.7}


@pytest.fixture(scope="module")
def messages() -> dict[str, list[Understanding]]:
    found = defaultdict(list)
    for row in rows("messages.csv"):
        try:
            mail = parse_email((MAIL / row["path"]).read_bytes())
        except UnparsableError:
            continue
        known = Incoming(mail.subject, mail.from_address, mail.headers, mail.text, mail.report)
        found[row["label"]].append(classify(known))
    return found


def precision_and_recall(pairs: Pairs, meaning: str) -> tuple[float, float]:
    right = sum(expected == found == meaning for expected, found in pairs)
    called, meant = (sum(pair[side] == meaning for pair in pairs) for side in (1, 0))
    return right / called, right / meant


def f1(pairs: Pairs, meaning: str) -> float:
    precision, recall = precision_and_recall(pairs, meaning)
    return 2 * precision * recall / (precision + recall)


def classes(found: Iterable[Understanding]) -> Counter[str]:
    return Counter(str(one.classification) for one in found)


def test_short_replies_are_understood(intents: Pairs) -> None:
    meanings = sorted({expected for expected, _ in intents})
    assert sum(expected == found for expected, found in intents) / len(intents) >= 0.9
    assert sum(f1(intents, meaning) for meaning in meanings) / len(meanings) >= 0.9


@pytest.mark.parametrize(("meaning", "precision", "recall"), [("UNSUB", 0.95, 0.93), ("OOO", 0.93, 0.92)])
def test_the_classes_that_must_not_fail(intents: Pairs, meaning: str, precision: float, recall: float) -> None:
    found = precision_and_recall(intents, meaning)
    assert (found[0] >= precision, found[1] >= recall) == (True, True)


def test_what_is_said_with_confidence_is_right(intents: Pairs, sure: set[int]) -> None:
    right = sum(intents[number][0] == intents[number][1] for number in sure)
    assert right / len(sure) >= 0.96


def test_nearly_all_bounces_are_found_and_none_becomes_a_yes(messages: dict[str, list[Understanding]]) -> None:
    found = messages["BOUNCE"]
    delayed = [one for one in found if one.facts.delayed]
    bounces = classes(found)
    assert bounces["BOUNCE"] / len(found) >= 0.945
    assert bounces["BOUNCE"] / (len(found) - len(delayed)) >= 0.985
    assert bounces["OOO"] == len(delayed)
    assert bounces["POSITIVE"] == 0


def test_ordinary_mail_is_neither_absence_nor_bounce(messages: dict[str, list[Understanding]]) -> None:
    found = classes(messages["ORDINARY"] + messages["HUMAN"])
    assert (found["OOO"], found["BOUNCE"]) == (0, 0)


def test_complaints_and_absences_are_recognised(messages: dict[str, list[Understanding]]) -> None:
    assert classes(messages["OTHER_FBL"])["UNSUB"] >= 17
    assert classes(messages["OOO"])["OOO"] == len(messages["OOO"])
