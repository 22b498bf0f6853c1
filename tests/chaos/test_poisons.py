"""The poison of a chaos run is what it says, and what was put away otherwise is named."""

from collections import Counter

import pytest

from chaos.poisons import KILLED, LAST_ATTEMPT, Poison, killer, poisons
from chaos.scenarios.poison import differences
from shared.clock import utc_now
from shared.errors import SchemaInvalidError
from shared.events import CONTRACTS, parse

GIVEN = Poison("a", "reply.received", b"", "permanent")


def test_poison_is_of_each_kind_alike_and_no_two_are_the_same_event() -> None:
    given = list(poisons(100, utc_now()))
    assert Counter((each.reason, each.attempts) for each in given) == {
        ("schema_invalid", 1): 50,
        ("permanent", 1): 25,
        ("attempts_exhausted", LAST_ATTEMPT): 25,
    }
    assert len({each.identity for each in given}) == 100


def test_poison_breaks_its_contract_exactly_if_it_is_said_to() -> None:
    for each in poisons(8, utc_now()):
        if each.reason == "schema_invalid":
            with pytest.raises(SchemaInvalidError):
                parse(each.body, CONTRACTS[each.event_type])
        else:
            assert str(parse(each.body, CONTRACTS[each.event_type]).id) == each.identity


def test_killers_reach_every_consuming_service() -> None:
    killers = [killer(number, utc_now()) for number in range(1, 11)]
    assert {each.service for each in killers} == {"classifier", "decision", "alerter"}
    assert len({each.identity for each in killers}) == 10
    assert {each.reason for each in killers} == {KILLED}


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ({"a": {("permanent", 1)}}, []),
        ({}, ["a was not put away as"]),
        ({"a": {("permanent", 2)}}, ["a was put away as"]),
        ({"a": {("permanent", 1), ("too_old", 1)}}, ["a was put away as"]),
        ({"a": {("permanent", 1)}, "innocent": {("permanent", 1)}}, ["innocent was put away as"]),
    ],
)
def test_what_was_put_away_otherwise_is_named(found: dict[str, set[tuple[str, int]]], said: list[str]) -> None:
    wrong = differences([GIVEN], found)
    assert len(wrong) == len(said)
    assert all(words in line for words, line in zip(said, wrong, strict=True))
