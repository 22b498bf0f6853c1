"""What the model sees of a text: its words in their order, and what our rules know about their surroundings.

A word in a clause with a negation, before or after a "but", or in a question counts as itself and once more as
that. Training and running read texts through this file alone, so that they cannot come apart.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from operator import add

from services.classifier.concepts import NONE, concept
from services.classifier.languages import language_of
from services.classifier.words import plain

_LOOKED_AT = 1_500  # characters: people say what they want before that
_LONGEST_WORD = 20
_ADDRESS = re.compile(r"[\w.+'-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}")
_LINK = re.compile(r"(?:https?://|www\.)\S{1,200}")
_TIME = re.compile(r"\b\d{1,2}(?:[:.h]\d\d| ?h| ?[ap]\.?m| ?uhr| ?uur| ?o'clock)\b")
_DIGIT = re.compile(r"\d")
_PHONE = re.compile(r"\+?\(?\d[\d ()/.-]{5,20}\d")
_TOKEN = re.compile(r"<[a-z]+>|[^\W\d_]+(?:'[^\W\d_]+)?|\d+|[.!?;,:\n]+")
_ENDS = frozenset(".!?;,:\n")
_LENGTHS = ((1, "*one"), (2, "*two"), (4, "*few"), (9, "*sentence"), (25, "*some"))

_NO = """
not no never nor neither without none nothing nobody nope nah hardly
nicht kein keine keinen keinem keiner keinerlei nie niemals nichts nein ohne
nunca jamas ni sin nada ningun ninguna tampoco
pas ne n'est n'ai n'avons n'a jamais sans rien aucun aucune
niet geen nooit nee niets zonder
non mai senza nessun nessuna niente
nao nem sem nenhum nenhuma
"""
_NEGATIONS = frozenset(_NO.split())
_BUT = """
but however aber jedoch allerdings dennoch trotzdem embargo cependant toutefois echter tuttavia porem contudo
"""
_CONTRASTS = frozenset(_BUT.split())
# "But" in one language, something else ("more", "my") in another: only where the text is in that language.
_CONTRASTS_OF = {
    None: _CONTRASTS,
    "es": _CONTRASTS | {"pero"},
    "fr": _CONTRASTS | {"mais"},
    "it": _CONTRASTS | {"ma", "pero"},
    "nl": _CONTRASTS | {"maar"},
    "pt": _CONTRASTS | {"mas"},
}


@dataclass(frozen=True, slots=True)
class Features:
    """A text as the model sees it: its words, its shapes (words in company), flags of the whole, its language."""

    words: list[str]
    shapes: list[str]
    flags: list[str]
    language: str | None


@dataclass(frozen=True, slots=True)
class _Clause:
    words: list[str]
    asks: bool
    turns: bool


def features(text: str) -> Features:
    """Return what the model sees of a text."""
    tokens = _TOKEN.findall(_named(plain(text[:_LOOKED_AT])))
    language = language_of(tokens)
    clauses = list(_clauses(tokens, _CONTRASTS_OF.get(language, _CONTRASTS)))
    turn = max((number for number, clause in enumerate(clauses) if number and clause.turns), default=None)
    found = Features([], [], [], language)
    for number, clause in enumerate(clauses):
        side = "" if turn is None else ">" if number >= turn else "<"
        _add(found, clause, side)
    found.flags.append(next((name for limit, name in _LENGTHS if len(found.words) <= limit), "*long"))
    return found


def grams(word: str) -> Iterator[str]:
    """Return the pieces of a word, by which misspelled, inflected and compound words are known."""
    if word.isalpha():
        whole = f"_{word[:_LONGEST_WORD]}_"
        for size in (3, 4, 5):
            for start in range(len(whole) - size + 1):
                yield f"~{whole[start : start + size]}"


def _shared(words: list[str]) -> Iterable[str]:
    """Return what a clause has in common with those of other words and languages: concepts, alone, in pairs, in threes.

    The two of a pair stand next to each other, or with one or two others in between.
    """
    of = "".join(map(concept, words))
    of = of.replace(NONE, "") if of[0] == NONE else "^" + of.replace(NONE, "")
    pairs = [*map(add, of, of[1:])]
    return dict.fromkeys([*of, *pairs, *map(add, of, of[2:]), *map(add, of, of[3:]), *map(add, pairs, of[2:])])


def _named(text: str) -> str:
    """Replace addresses, links, times and telephone numbers by what they are."""
    if "@" in text:
        text = _ADDRESS.sub(" <address> ", text)
    if "://" in text or "www." in text:
        text = _LINK.sub(" <link> ", text)
    if _DIGIT.search(text):
        text = _PHONE.sub(" <phone> ", _TIME.sub(" <time> ", text))
    return text


def _clauses(tokens: list[str], contrasts: frozenset[str]) -> Iterator[_Clause]:
    words: list[str] = []
    for token in [*tokens, "."]:
        ended = token[0] in _ENDS
        if words and (ended or token in contrasts):
            yield _Clause(words, asks="?" in token, turns=words[0] in contrasts)
            words = []
        if not ended:
            words.append("0" if token.isdigit() else token)


def _add(found: Features, clause: _Clause, side: str) -> None:
    words = clause.words
    found.words.extend(words)
    pairs = [*map(" ".join, zip(["^", *words], [*words, "$"], strict=True))]
    found.shapes.extend(pairs)
    found.shapes.extend(map(" ".join, zip(pairs[:-1], [*words[1:], "$"], strict=True)))
    found.shapes.extend(_shared(words))
    marks = side + "!" * (not _NEGATIONS.isdisjoint(words)) + "?" * clause.asks
    for mark in marks:
        found.shapes.extend([mark + word for word in words])
        if f"*{mark}" not in found.flags:
            found.flags.append(f"*{mark}")
