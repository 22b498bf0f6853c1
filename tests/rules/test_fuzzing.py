"""A dose of `make fuzz`: damaged e-mails, and e-mails made to be slow."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation import corpus
from evaluation.fuzzing import HangingError, Outcome, attempt, damaged
from evaluation.mutations import LARGEST_BYTES, mutated
from services.classifier.incoming import from_email
from services.classifier.rules import classify
from shared.mail.parsing import UnparsableError, parse_email
from tests.handlers.inbox.letters import bounce, letter

ORIGINALS = [bounce(), letter("Yes\n\nOn Monday, we wrote:\n> no").as_bytes(), letter("Gr\u00fc\u00dfe").as_bytes()]


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=2_000), st.binary(max_size=300))
def test_any_bytes_are_understood_or_refused(head: bytes, body: bytes) -> None:
    for raw in (head, b"Subject: x\r\n\r\n" + body, b"Content-Type: " + head + b"\r\n\r\n" + body):
        try:
            classify(from_email(parse_email(raw)))
        except UnparsableError as error:
            assert str(error) in {"empty", "no header field"}  # noqa: PT017 - a refusal has one of two reasons


def test_damaged_e_mails_are_understood_or_refused() -> None:
    outcome = Outcome()
    for number in range(400):
        attempt(outcome, str(number), damaged(ORIGINALS, 1, number))
    assert (outcome.tried, outcome.failures) == (400, [])
    assert outcome.refused < 100


@pytest.mark.skipif(bool(corpus.missing()), reason=corpus.missing())
def test_damaged_real_e_mails_are_understood_or_refused() -> None:
    originals = [message.raw for message in corpus.messages()]
    outcome = Outcome()
    for number in range(1_000):
        attempt(outcome, str(number), damaged(originals, 2, number))
    assert outcome.failures == []


def test_a_number_names_one_damaged_e_mail() -> None:
    assert damaged(ORIGINALS, 1, 7) == damaged(ORIGINALS, 1, 7) != damaged(ORIGINALS, 2, 7)
    assert len(mutated(random.Random(1), b"a" * 2 * LARGEST_BYTES)) <= LARGEST_BYTES


@pytest.mark.parametrize("error", [ValueError("broken"), HangingError("late"), UnparsableError("KeyError: x")])
def test_whatever_raises_or_hangs_is_told(error: BaseException) -> None:
    def fails(_raw: bytes) -> None:
        raise error

    outcome = Outcome()
    attempt(outcome, "one", b"Subject: x\r\n\r\n", fails)
    assert len(outcome.failures) == 1
    assert not outcome.is_good
