"""Fits the model's weights to sentences with scikit-learn."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from functools import cache
from math import sqrt

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from services.classifier.concept_words import WORDS
from services.classifier.features import Features, features, grams
from services.classifier.situations import Situation
from training.sentences import Sentence

Values = Mapping[str, float]
_SEEN = 3  # sentences that a feature must occur in
_STRENGTH = 10.0  # inverse of the penalty on large weights
_GRAM = 0.35  # what a piece of a word counts beside the word itself
_FLAG = 0.5
_SHARED = 0.5  # what concepts in their order count
_EACH = 3  # so many sentences are one that is also learned by its concepts alone
_KEPT = 60_000  # features with the most effect
_SMALLEST = 0.08  # a weight below says nothing
_SCALE = {"~": _GRAM, "*": _FLAG, **dict.fromkeys(WORDS, _SHARED), "^": 1.0}
_BY_CONCEPT = frozenset((*WORDS, "*"))
UNIT = 0.01  # weights are stored as multiples of this


class Fitted:
    """A fitted model: features by their column, and scikit-learn's own object with the weights that are shipped."""

    def __init__(self, columns: Mapping[str, int], regression: LogisticRegression) -> None:
        self.columns = columns
        self.regression = regression

    def likely(self, texts: Sequence[Values]) -> np.ndarray:
        """Return how likely each situation is for each text, as scikit-learn evaluates it."""
        likely: np.ndarray = self.regression.predict_proba(_matrix(texts, self.columns))
        return likely

    def weights(self) -> dict[str, dict[int, int]]:
        """Return for each feature its weights that are not nothing, by situation, in units."""
        by_feature = (np.rint(self.regression.coef_ / UNIT)).astype(int).T
        return {
            name: {int(lane): int(by_feature[column][lane]) for lane in np.flatnonzero(by_feature[column])}
            for name, column in sorted(self.columns.items())
        }


def temperature(sentences: Sequence[Sentence]) -> float:
    """Return what scores must be divided by to be as sure as they are right on templates never seen.

    Guo et al., "On Calibration of Modern Neural Networks" (2017): temperature scaling.
    """
    unseen = [sentence for sentence in sentences if sentence.fold == 0]
    fitted = fit([sentence for sentence in sentences if sentence.fold != 0])
    scores = fitted.regression.decision_function(
        _matrix([values(features(sentence.text)) for sentence in unseen], fitted.columns)
    )
    situations = list(Situation)
    meant = np.array([situations.index(sentence.situation) for sentence in unseen])

    def surprise(by: float) -> float:
        cooled = scores / by
        shifted = cooled - cooled.max(axis=1, keepdims=True)
        logs = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
        return -float(logs[np.arange(len(meant)), meant].mean())

    return min((step / 20 for step in range(10, 100)), key=surprise)


def values(found: Features) -> dict[str, float]:
    """Return the features of a text with their values; what lengthens with the text is divided by its root."""
    root = sqrt(len(found.words) or 1)
    of: defaultdict[str, float] = defaultdict(float)
    for name in (*found.words, *(gram for word in found.words for gram in _grams(word)), *found.shapes):
        of[name] += 1 / root
    for flag in found.flags:
        of[flag] += 1
    return dict(of)


@cache
def _grams(word: str) -> tuple[str, ...]:
    return tuple(grams(word))


def fit(sentences: Sequence[Sentence]) -> Fitted:
    """Fit weights to sentences, keep those that matter, and round them to what is shipped."""
    texts = [values(features(sentence.text)) for sentence in sentences]
    situations = list(Situation)
    meant = [situations.index(sentence.situation) for sentence in sentences]
    # Of words that it has never seen the model knows the concepts alone: it must be able to judge by them.
    meant += meant[::_EACH]
    texts += [{name: value for name, value in text.items() if name[0] in _BY_CONCEPT} for text in texts[::_EACH]]
    seen = Counter(name for text in texts for name in text)
    names = sorted(name for name, times in seen.items() if times >= _SEEN)
    columns = {name: column for column, name in enumerate(names)}
    scale = np.array([_SCALE.get(name[0], 1.0) for name in names])
    x = _matrix(texts, columns).multiply(scale).tocsr()
    regression = LogisticRegression(C=_STRENGTH, max_iter=200, tol=1e-3)
    regression.fit(x, meant)
    if len(regression.classes_) != len(situations):
        raise ValueError("there are situations without sentences")
    weights = regression.coef_ * scale
    effect = np.abs(weights).max(axis=0) * np.array([seen[name] for name in names]) ** 0.25
    kept = np.sort(np.argsort(-effect, kind="stable")[:_KEPT])
    weights = np.rint(np.where(np.abs(weights) < _SMALLEST, 0, weights)[:, kept] / UNIT) * UNIT
    regression.coef_ = weights
    regression.intercept_ = np.round(regression.intercept_, 4)
    regression.n_features_in_ = len(kept)
    return Fitted({names[column]: number for number, column in enumerate(kept)}, regression)


def _matrix(texts: Sequence[Values], columns: Mapping[str, int]) -> csr_matrix:
    """Return the texts as rows, the known features as columns."""
    cells = [
        (row, columns[name], value) for row, text in enumerate(texts) for name, value in text.items() if name in columns
    ]
    rows, places, data = zip(*cells, strict=True)
    return csr_matrix((data, (rows, places)), shape=(len(texts), len(columns)))
