"""Hundreds of phrases searched at once: only those are tried whose indispensable words a text holds."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from re import _constants as ops  # type: ignore[attr-defined]
from re import _parser as parser
from re._parser import SubPattern  # type: ignore[import-not-found]

_LENGTH = 3
_MOST_KEYS = 60
_GAP = (0, 3)
_WORD = re.compile(r"\w+")
_SPACED = {code: " " for code in range(128) if not (chr(code).isalnum() or chr(code) == "_")}
_BEGINS, _ENDS = r"(?<!\w)(?:", r")(?!\w)"

_REPEATS = {ops.MAX_REPEAT, ops.MIN_REPEAT, ops.POSSESSIVE_REPEAT}
_ZERO_WIDTH = {ops.AT, ops.ASSERT, ops.ASSERT_NOT}
_LETTER = [(ops.IN, [(ops.CATEGORY, ops.CATEGORY_WORD)])]
_COMMON_WORDS = """
    do not no to me my we us in is am are it on of you your the for have has and be will with this that can or at would
    please de la le en un ne pas nous vous je que el los por se die der das ich sie wir bin ist ein zu mit het een ik
    van niet non di il che nao para um
"""
_COMMON = frozenset(word[:_LENGTH] for word in _COMMON_WORDS.split())

Keys = frozenset[str]
_NONE: Keys = frozenset()


class Phrases:
    """A pattern that finds any of some phrases as whole words, as `re.Pattern` would: the first, then by order."""

    def __init__(self, phrases: Sequence[str]) -> None:
        self.pattern = f"{_BEGINS}{'|'.join(phrases)}{_ENDS}"
        # What stands before is looked at afterwards: a pattern that begins with a letter is searched much faster.
        self._phrases = [re.compile(f"(?:{phrase}{_ENDS}") for phrase in phrases]
        self._one, self._other = _Index(), _Index()
        for number, phrase in enumerate(phrases):
            one, other = keys_of(phrase)
            self._one.add(number, one)
            self._other.add(number, other)

    def search(self, text: str) -> re.Match[str] | None:
        """Return the first phrase in a text."""
        found = [match for phrase in self._tried(text) if (match := _find(phrase, text))]
        return min(found, key=lambda match: match.start(), default=None)

    def match(self, text: str) -> re.Match[str] | None:
        """Return the phrase at the beginning of a text."""
        return next((match for phrase in self._tried(text) if (match := phrase.match(text))), None)

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """Yield the phrases in a text that don't overlap, from its beginning."""
        waiting = [(phrase, match) for phrase in self._tried(text) if (match := _find(phrase, text))]
        while waiting:
            _, first = min(waiting, key=lambda pair: pair[1].start())
            yield first
            waiting = [(phrase, match) for phrase, old in waiting if (match := _after(phrase, old, first.end(), text))]

    def sub(self, new: str, text: str) -> str:
        """Return a text with something else in the place of each phrase."""
        kept, position = [], 0
        for match in self.finditer(text):
            kept += [text[position : match.start()], new]
            position = match.end()
        return "".join((*kept, text[position:]))

    def _tried(self, text: str) -> Iterator[re.Pattern[str]]:
        keys = beginnings(text)
        bits = self._one.among(keys)
        bits = bits and bits & self._other.among(keys)
        while bits:
            lowest = bits & -bits
            yield self._phrases[lowest.bit_length() - 1]
            bits ^= lowest


class _Index:
    """Which phrases, as bits, have a key; and which have none, and must always be tried."""

    def __init__(self) -> None:
        self._always = 0
        self._of_key: dict[str, int] = {}

    def add(self, number: int, keys: Keys) -> None:
        self._always |= 0 if keys else 1 << number
        for key in keys:
            self._of_key[key] = self._of_key.get(key, 0) | 1 << number

    def among(self, keys: Keys) -> int:
        bits = self._always
        for key in self._of_key.keys() & keys:
            bits |= self._of_key[key]
        return bits


def _find(phrase: re.Pattern[str], text: str, position: int = 0) -> re.Match[str] | None:
    """Return the first place of a phrase at which a word begins."""
    while found := phrase.search(text, position):
        begin = found.start()
        if not begin or not _is_letter(text[begin - 1]):
            return found
        position = begin + 1
    return None


def _after(phrase: re.Pattern[str], old: re.Match[str], position: int, text: str) -> re.Match[str] | None:
    return old if old.start() >= position else _find(phrase, text, position)


def _is_letter(character: str) -> bool:
    return character.isalnum() or character == "_"


@lru_cache(maxsize=32)
def beginnings(text: str) -> Keys:
    """Return the first three letters of each word of a text, or as many as it has."""
    words = text.translate(_SPACED).split() if text.isascii() else _WORD.findall(text)
    return frozenset([word[:_LENGTH] for word in set(words)])


def keys_of(phrase: str) -> tuple[Keys, Keys]:
    """Return two sets of beginnings of words: each text with this phrase has one of each; empty where none is known."""
    found, _ = _of_sequence(parser.parse(phrase), at_word=True)
    best = sorted((keys for keys in found if len(keys) <= _MOST_KEYS), key=_worth, reverse=True)
    return (best or [_NONE])[0], (best[1:] or [_NONE])[0]


def _of_sequence(sequence: SubPattern, *, at_word: bool) -> tuple[list[Keys], bool]:
    """Return the keys of all that must follow each other, and whether a word may begin after it.

    `at_word`: nothing of a word stands immediately before.
    """
    found: list[Keys] = []
    run: str | None = None
    for kind, what in sequence:
        if kind is ops.LITERAL and _is_of_word(what):
            run = f"{run}{chr(what)}" if run is not None else chr(what) if at_word else None
            at_word = False
            continue
        inner, at_word = _of_element(kind, what, at_word=at_word)
        found += [*_of_run(run, whole=_parts_words(kind, what)), *inner]
        run = None
    return [*found, *_of_run(run, whole=False)], at_word


def _of_element(kind: object, what: SubPattern, *, at_word: bool) -> tuple[list[Keys], bool]:
    if kind in _ZERO_WIDTH:
        # Where no letter follows, a word begins or nothing does.
        return [], at_word or (kind is ops.ASSERT_NOT and what[0] == 1 and list(what[1]) == _LETTER)
    if kind in _REPEATS:
        found, after = _of_sequence(what[2], at_word=at_word)
        return (found, after) if what[0] else ([], at_word and after)
    if kind is ops.SUBPATTERN:
        return _of_sequence(what[3], at_word=at_word)
    if kind is ops.BRANCH:
        return _of_ways([_of_sequence(way, at_word=at_word) for way in what[1]])
    if kind is ops.IN:
        return [], all(member is ops.LITERAL and not _is_of_word(code) for member, code in what)
    return [], kind is ops.LITERAL


def _of_ways(ways: Sequence[tuple[list[Keys], bool]]) -> tuple[list[Keys], bool]:
    """Return the keys of alternatives: of each its best."""
    best = [max(found, key=_worth, default=_NONE) for found, _ in ways]
    return ([frozenset().union(*best)] if all(best) else []), all(after for _, after in ways)


def _of_run(run: str | None, *, whole: bool) -> list[Keys]:
    """Return the key of a word that begins with some letters, or consists of them as a whole."""
    return [frozenset({run[:_LENGTH]})] if run and (whole or len(run) >= _LENGTH) else []


def _parts_words(kind: object, what: SubPattern) -> bool:
    """Tell whether something can't begin with a letter: a space, or the gap of a few words."""
    if kind is ops.MAX_REPEAT and what[2][0][0] is ops.IN:
        return bool(what[0]) and _of_element(*what[2][0], at_word=False)[1]
    if kind is ops.MAX_REPEAT and what[:2] == _GAP:
        return _parts_words(*what[2][0])
    return kind is ops.LITERAL


def _worth(keys: Keys) -> tuple[int, int]:
    """Rank keys: without common words, then few."""
    return (-len(keys & _COMMON), -len(keys))


def _is_of_word(code: int) -> bool:
    return _is_letter(chr(code))
