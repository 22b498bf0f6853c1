"""What the model notes beside the class: whom to write to, whether to meet, which language."""

import pytest

from services.classifier.languages import language_of
from services.classifier.rules import Facts, Incoming, classify
from services.classifier.words import plain


def facts(text: str) -> Facts:
    return classify(Incoming("Re: your mornings", "jane@acme.example", body=text)).facts


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I'm not the right person, please contact Dana.Fox@acme.example", "dana.fox@acme.example"),
        ("Bitte wenden Sie sich an einkauf@acme.example.", "einkauf@acme.example"),
        ("No soy la persona indicada, escriba a compras@acme.example", "compras@acme.example"),
        ("Sounds good, send it to me@acme.example", None),
        ("Please talk to our head of purchasing.", None),
    ],
)
def test_to_whom_somebody_refers_us(text: str, expected: str | None) -> None:
    assert facts(text).referral_address == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Sure, let's have a call on Tuesday at 10.", True),
        ("Können wir nächste Woche telefonieren?", True),
        ("How much does it cost?", False),
        ("Not interested.", False),
    ],
)
def test_whether_somebody_wants_to_meet(text: str, expected: bool) -> None:  # noqa: FBT001 - a table's column
    assert facts(text).wants_meeting is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Thanks, but we are not interested in this.", "en"),
        ("Vielen Dank, aber das ist nichts für uns.", "de"),
        ("Gracias, pero no estamos interesados.", "es"),
        ("Merci, mais nous ne sommes pas intéressés.", "fr"),
        ("Grazie, ma non siamo interessati.", "it"),
        ("Bedankt, maar wij hebben geen interesse.", "nl"),
        ("Obrigado, mas não temos interesse.", "pt"),
        ("xyzzy", None),
    ],
)
def test_the_language_of_a_text(text: str, expected: str | None) -> None:
    assert language_of(plain(text).replace(",", "").strip(".").split()) == expected
