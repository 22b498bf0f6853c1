"""Mistyped key words: put right where nothing else can be meant, left alone where something else is."""

import pytest

from services.classifier.features import features
from services.classifier.model import shipped
from services.classifier.rules import Incoming, classify
from services.classifier.spelling import corrected


@pytest.mark.parametrize(
    ("mistyped", "meant"),
    [
        ("unsubcribe", "unsubscribe"),  # missing
        ("Unsubscrribe", "unsubscribe"),  # too many
        ("unsibscribe", "unsubscribe"),  # wrong
        ("unsubscirbe", "unsubscribe"),  # changed places
        ("stoooop mailing", "stop mailing"),
        ("Bitte abmeldenn", "bitte abmelden"),
    ],
)
def test_one_mistake_in_a_key_word_is_put_right(mistyped: str, meant: str) -> None:
    assert corrected(mistyped, features(mistyped).words) == meant


@pytest.mark.parametrize("text", ["Our remote team", "The contract", "A staffing firm", "Grüße aus Köln", "", "ok"])
def test_words_that_mean_something_else_stay_as_they_are(text: str) -> None:
    assert corrected(text, features(text).words) is text


def test_no_word_the_model_knows_is_changed() -> None:
    known = [name for name in shipped().known() if name.isalpha()]
    assert [word for word in known if corrected(word, [word]) != word] == []


@pytest.mark.parametrize("text", ["unsubcribe", "pls unsubscibe me", "stop emialing me", "disinscrivetemi"])
def test_a_mistyped_opt_out_is_an_opt_out(text: str) -> None:
    assert classify(Incoming("Re: x", body=text)).classification == "UNSUB"


def test_a_mistake_that_can_not_be_put_right_is_not_tried_for_ever() -> None:
    body = "x " + "a" * 5_000  # more than is put right
    assert classify(Incoming("Re: hello", "jane@acme.example", body=body)).classification == "NEUTRAL"
