"""The trained model: what runs is what was fitted, and the file is fresh."""

import json

import pytest

from services.classifier.features import features
from services.classifier.model import Model, packed, shipped, unpacked
from services.classifier.rules import Incoming, classify
from services.classifier.situations import Situation
from training.__main__ import WEIGHTS, lines, source
from training.fit import Fitted, fit, values
from training.grammar import grammars
from training.sentences import Sentence, sentences

DOSE = 0.05


@pytest.fixture(scope="module")
def said() -> list[Sentence]:
    return sentences(grammars(), seed=7, dose=DOSE)


@pytest.fixture(scope="module")
def fitted(said: list[Sentence]) -> Fitted:
    return fit(said)


def test_weights_come_out_of_their_packing_as_they_went_in() -> None:
    one, two = packed([(0, -5), (3, 1_000), (23, -70_000)]), packed([(0, 7), (3, -1_001)])
    lanes = unpacked(one + two)
    assert (lanes[0], lanes[1], lanes[3], lanes[23]) == (2, 0, -1, -70_000)


def test_what_runs_gives_what_scikit_learn_gives(said: list[Sentence], fitted: Fitted) -> None:
    model = Model.read(lines(fitted))
    texts = [sentence.text for sentence in said[::10]] + ["", "never seen xyzzy", "Grüße! 2026 a@b.example"]
    expected = fitted.likely([values(features(text)) for text in texts])
    for text, likely in zip(texts, expected, strict=True):
        assert list(model.judge(features(text)).of.values()) == pytest.approx(likely, abs=1e-6)


def test_the_same_seed_gives_the_same_file(said: list[Sentence], fitted: Fitted) -> None:
    again = sentences(grammars(), seed=7, dose=DOSE)
    assert again == said
    assert list(lines(fit(again))) == list(lines(fitted))
    assert sentences(grammars(), seed=8, dose=DOSE) != said


def test_the_shipped_weights_were_trained_from_todays_grammar_and_features() -> None:
    head = json.loads(WEIGHTS.read_text(encoding="utf-8").split("\n", 1)[0])
    assert head["source"] == source(), "run make train"


def test_every_situation_is_spoken_in_every_language(said: list[Sentence]) -> None:
    spoken = {(sentence.language, sentence.situation) for sentence in said}
    languages = {language for language, _ in spoken}
    assert spoken == {(language, situation) for language in languages for situation in Situation}


def test_sentences_of_one_template_stay_in_one_fold(said: list[Sentence]) -> None:
    assert {sentence.fold for sentence in said} == {0, 1, 2, 3, 4}


def test_weights_of_another_version_are_refused(fitted: Fitted) -> None:
    head, *rest = lines(fitted)
    with pytest.raises(ValueError, match="make train"):
        Model.read([head.replace('"format": 1', '"format": 0'), *rest])


def test_a_word_the_model_has_never_seen_is_counted() -> None:
    assert shipped().judge(features("please xyzzyq")).unknown == 0.5


@pytest.mark.parametrize("text", ["Xyzzq plugh frotz blorb", "有興趣", "Мне нравится"])
def test_a_text_of_unknown_words_is_left_to_a_human(text: str) -> None:
    found = classify(Incoming("Re: x", body=text))
    assert (found.classification, found.confidence <= 0.4) == ("NEUTRAL", True)
