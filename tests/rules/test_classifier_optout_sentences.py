"""Wishes to get no more mail, and sentences that only sound alike, in many languages; written before the patterns."""

from pathlib import Path

import pytest

from services.classifier.rules import Incoming, classify

DATA = Path(__file__).parents[1] / "data"


def sentences(name: str) -> list[str]:
    """Return the lines of a file of sentences, of which the first says what they are."""
    lines = (DATA / name).read_text(encoding="utf-8").splitlines()[1:]
    return [line.replace("\\n", "\n") for line in lines]


def meaning(text: str) -> str:
    return classify(Incoming("Re: quick question", "jane@acme.example", body=text)).classification


@pytest.mark.parametrize("text", sentences("optouts.txt"))
def test_whoever_wants_no_more_mail_is_heard(text: str) -> None:
    assert meaning(text) == "UNSUB"


@pytest.mark.parametrize("text", sentences("no_optouts.txt"))
def test_whoever_talks_of_lists_mails_and_stopping_is_not_taken_for_an_opt_out(text: str) -> None:
    assert meaning(text) != "UNSUB"


def test_what_a_list_writes_below_its_mail_is_no_wish() -> None:
    body = "Our news. To unsubscribe, click here. Do not want these emails? Unsubscribe."
    mail = Incoming("Our news", "news@shop.example", {"list-unsubscribe": "<mailto:out@shop.example>"}, body)
    assert classify(mail).classification != "UNSUB"
