"""Words in one spelling, and the letters without which nothing of a conversation between mail systems is found."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.classifier.bounce_words import IN_TRANSCRIPTS, TRANSCRIPT
from services.classifier.words import plain


@pytest.mark.parametrize(
    ("written", "spelled"),
    [
        ("I don't, I didn't, we weren't, you needn't", "i do not, i did not, we were not, you need not"),
        ("I dont, it doesnt, we havent, they shouldnt", "i do not, it does not, we have not, they should not"),
        ("Can't, cant, cannot. Won't, wont.", "can not, can not, can not. will not, will not."),
        ("You're, they've, that'll, she'd", "you are, they have, that will, she would"),
        ("It's what's where's: let's", "it is what is where is: let us"),
        ("I'm, im not, im Haus", "i am, i am not, im haus"),
        ("I\u2019m, don`t, can\u00b4t", "i am, do not, can not"),
        ("An e-mail, e-mails", "an email, emails"),
        ("Joe's parents want what the agent meant", "joe's parents want what the agent meant"),
        ("Madon't, ha'm, bonjour l'it's", "madon't, ha'm, bonjour l'it is"),
        ("don'ts, I'mx, it'st", "don'ts, i'mx, it'st"),
        ("B\u00fcro, \u00e9t\u00e9, STRASSE, Stra\u00dfe", "buro, ete, strasse, strasse"),
        ("\ufb01n \uff21\uff22 \u0130", "fin ab i"),
        ("\u041d\u0435\u0442, \u8bf7\u4e0d\u8981", "\u043d\u0435\u0442, \u8bf7\u4e0d\u8981"),
    ],
)
def test_a_text_is_spelled_as_the_phrases_are(written: str, spelled: str) -> None:
    assert plain(written) == spelled


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.from_regex(TRANSCRIPT))
def test_every_way_of_quoting_mail_systems_holds_letters_that_are_looked_for_first(text: str) -> None:
    assert any(letters in text for letters in IN_TRANSCRIPTS)
