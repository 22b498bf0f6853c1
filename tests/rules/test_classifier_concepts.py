"""Concepts: words of seven languages that mean the same have the same letter."""

import pytest

from services.classifier.concept_words import WORDS
from services.classifier.concepts import NONE, concept
from services.classifier.features import features
from services.classifier.words import plain


def test_no_word_has_two_concepts() -> None:
    words = [(word, letter) for letter, row in WORDS.items() for word in set(row.split())]
    assert sorted({word for word, letter in words if any(word == one and letter != two for one, two in words)}) == []


def test_words_are_spelled_as_the_classifier_reads_them() -> None:
    words = [word for row in WORDS.values() for word in row.split()]
    assert [word for word in words if plain(word) != word] == []


@pytest.mark.parametrize(
    ("letter", "words"),
    [
        ("S", "stop quit cease hort dejen cessez stoppen smettetela parem"),
        ("R", "remove delete loschen borren supprimer verwijderen cancellatemi removam"),
        ("V", "mailing schreiben escribir ecrire sturen scrivere escrever"),
        ("N", "not kein nunca jamais geen mai nao"),
        (NONE, "xyzzy and"),
    ],
)
def test_what_means_the_same_has_the_same_letter(letter: str, words: str) -> None:
    assert {word: concept(word) for word in words.split()} == dict.fromkeys(words.split(), letter)


def test_a_word_behind_an_apostrophe_counts() -> None:
    assert concept("m'envoyer") == concept("envoyer") == "V"


def test_clauses_that_say_the_same_in_other_languages_share_features() -> None:
    english, german = (set(features(text).shapes) for text in ("stop mailing us", "hort auf uns zu schreiben"))
    assert {"S", "V", "E", "^S", "SV"} <= english & german
