"""Phrases are found as one large regular expression would find them, only faster."""

import re
from itertools import chain

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from evaluation import corpus
from services.classifier import absence_words, bounce_words, decline_words, intent_words, optout_words
from services.classifier.phrase_keys import keys_of
from services.classifier.phrases import Phrases, beginnings
from services.classifier.words import one_of, plain

MODULES = (absence_words, bounce_words, decline_words, intent_words, optout_words)
ALL = {
    f"{module.__name__}.{name}": value
    for module in MODULES
    for name, value in vars(module).items()
    if isinstance(value, Phrases)
}
TEXTS = [
    plain(text)
    for text in (
        "Please don't send me any more of these e-mails. Stop!",
        "I am out of the office until March 3rd, but I'd love to see a demo.",
        "This message was created automatically by mail delivery software. User unknown; mailbox full. 550 5.1.1",
        "Kein Interesse, bitte streichen Sie mich aus dem Verteiler. Ich bin nicht im Büro.",
        "No me interesa, gracias. ¿Puede darme de baja?",
        "We're all set, thanks - not interested. Maybe next quarter? Talk to my colleague.",
        "«stop» und “weiter”, 请不要再",
    )
]


def spans(matches: list[re.Match[str]]) -> list[tuple[int, int]]:
    return [match.span() for match in matches]


def assert_alike(phrases: Phrases, text: str) -> None:
    whole = re.compile(phrases.pattern)
    found, first = phrases.search(text), whole.search(text)
    assert (found.span() if found else None) == (first.span() if first else None)
    assert spans(list(phrases.finditer(text))) == spans(list(whole.finditer(text)))
    assert bool(phrases.match(text)) == bool(whole.match(text))
    assert phrases.sub("|", text) == whole.sub("|", text)


@pytest.mark.parametrize("name", ALL)
def test_every_list_of_phrases_finds_what_the_large_expression_finds(name: str) -> None:
    for text in TEXTS:
        assert_alike(ALL[name], text)


WORDS = st.lists(
    st.sampled_from("stop stops do not don't send me the e-mail no more please x2 a-b \u00e9t\u00e9 opt out".split()),  # noqa: SIM905
    max_size=12,
)


@settings(max_examples=300, deadline=None)
@given(WORDS, st.sampled_from([" ", ", ", "\n", "-", ""]))
def test_any_text_is_searched_alike(words: list[str], between: str) -> None:
    phrases = one_of(r"""
        (?:please )?stop~(?:e-?mail|more)?
        do(?: not)?n't
        (?:no|not) ~more
        send (?!you)(?:me|the)?
        (?:e|a)-\w
        opt[ -]?out
        [x-z]\d
    """)
    assert_alike(phrases, between.join(words))


@pytest.mark.parametrize(
    ("phrase", "keys"),
    [
        ("stop", [{"sto"}]),
        ("(?:please )?stop", [{"sto"}]),
        ("un-?subscribe", [{"sub", "uns"}]),
        ("(?:ab|aus)melden", [{"abm", "aus"}]),
        ("ja,? bitte", [{"ja"}, {"bit"}]),
        ("ja,?|graag", [{"ja", "gra"}]),
        (r"\W{0,3}ja", [{"ja"}]),
        (r"to(?:[ ]\w{1,9}){0,3}(?:[ ]|(?!\w))stop", [{"sto"}, {"to"}]),
        ("(?:remove|delete) ?me", [{"rem", "del"}]),
        (r"opt(?:[ \n]{1,3})out", [{"opt"}, {"out"}]),
        (r"no(?:[ \n]{1,3})more", [{"mor"}, {"no"}]),
        (r"me(?:[ ]\w{1,9}){0,3}(?:[ ]|(?!\w))?stop", []),
        (r"\w+ing", []),
        ("(?:a|stop)", [{"a", "sto"}]),
        (r"(?:a|\w)", []),
        (r"stop(?:-\w+)?", [{"sto"}]),
        (r"o?ver", [{"ove", "ver"}]),
    ],
)
def test_what_a_phrase_can_not_do_without(phrase: str, keys: list[set[str]]) -> None:
    assert [found for found in keys_of(phrase) if found] == keys


PHRASES = [phrase for phrases in ALL.values() for phrase in phrases.phrases]


@settings(max_examples=60, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(st.sampled_from(PHRASES), st.data())
def test_no_phrase_can_do_without_the_words_it_is_looked_up_by(phrase: str, data: st.DataObject) -> None:
    text = data.draw(st.from_regex(rf"\A(?:{phrase})\Z"))
    for keys in filter(None, keys_of(phrase)):
        assert not keys.isdisjoint(beginnings(text))


@pytest.mark.skipif(bool(corpus.missing()), reason=corpus.missing())
def test_real_replies_are_searched_alike() -> None:
    texts = {plain(reply.mail.body[:400]) for reply in corpus.replies()[::7]}
    for phrases, text in chain((phrases, text) for phrases in ALL.values() for text in texts):
        assert_alike(phrases, text)
