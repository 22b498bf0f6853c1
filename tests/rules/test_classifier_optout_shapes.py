"""What opt-outs look like in any language, and what only removes something else."""

import pytest

from services.classifier.features import features
from services.classifier.optout_shapes import like_an_opt_out, of_business
from services.classifier.words import plain


@pytest.mark.parametrize(
    "text",
    [
        "Quit mailing us",
        "Hört auf, uns zu schreiben",
        "Dejen de enviarme correos",
        "Cessez de m'écrire",
        "Smettetela di scrivermi",
        "I'd rather not hear from you",
        "We never want these newsletters",
        "Off your list",
        "Please erase my address",
    ],
)
def test_to_stop_meets_to_mail_in_any_language(text: str) -> None:
    assert like_an_opt_out(features(text).words)


@pytest.mark.parametrize("text", ["Sounds good, when can we meet?", "Who are you?", "Too expensive", "Nein danke"])
def test_other_replies_do_not_look_like_it(text: str) -> None:
    assert not like_an_opt_out(features(text).words)


@pytest.mark.parametrize(
    ("text", "business"),
    [("Delete the draft", True), ("Remove the logo", True), ("Delete the address", False), ("Remove us", False)],
)
def test_removing_something_that_is_no_address_is_business(text: str, business: bool) -> None:  # noqa: FBT001 - what is expected
    assert of_business(plain(text)) is business
