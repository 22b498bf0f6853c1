"""Hundreds of phrases searched at once: only those are tried whose indispensable words a text holds."""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from services.classifier.phrase_keys import LENGTH, Keys, is_letter, keys_of

_WORD = re.compile(r"\w+")
_SPACED = bytes(code if is_letter(chr(code)) else ord(" ") for code in range(128)) + bytes(128)
_BEGINS, _ENDS = r"(?<!\w)(?:", r")(?!\w)"


class Phrases:
    """A pattern that finds any of some phrases as whole words, as `re.Pattern` would: the first, then by order."""

    def __init__(self, phrases: Sequence[str]) -> None:
        self.phrases = tuple(phrases)
        self.pattern = f"{_BEGINS}{'|'.join(phrases)}{_ENDS}"
        # What stands before is looked at afterwards: a pattern that begins with a letter is searched much faster.
        self._compiled = [re.compile(f"(?:{phrase}{_ENDS}") for phrase in phrases]
        self._first = _INDEX.add([keys_of(phrase) for phrase in phrases])
        self._all = (1 << len(phrases)) - 1
        _possible.cache_clear()

    def search(self, text: str) -> re.Match[str] | None:
        """Return the first phrase in a text."""
        found = [match for phrase in self._tried(text) if (match := _find(phrase, text))]
        return min(found, key=lambda match: match.start()) if found else None

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

    def possible(self, text: str) -> bool:
        """Tell whether a text holds the indispensable words of any phrase: if not, no part of it is one."""
        return bool(_possible(text) >> self._first & self._all)

    def _tried(self, text: str) -> list[re.Pattern[str]]:
        bits = _possible(text) >> self._first & self._all
        tried = []
        while bits:
            lowest = bits & -bits
            tried.append(self._compiled[lowest.bit_length() - 1])
            bits ^= lowest
        return tried


class _Index:
    """Which phrases, as bits, have a word of each of their two sets in a text; a set that is empty asks for none."""

    def __init__(self) -> None:
        self._size = 0
        self._always = [0, 0]
        self._of_key: dict[str, tuple[int, int]] = {}

    def add(self, phrases: Iterable[tuple[Keys, Keys]]) -> int:
        """Add phrases by their keys; return the number of the first."""
        first = self._size
        for keys in phrases:
            bit = 1 << self._size
            self._size += 1
            for place, some in enumerate(keys):
                self._always[place] |= 0 if some else bit
                for key in some:
                    bits = [*self._of_key.get(key, (0, 0))]
                    bits[place] |= bit
                    self._of_key[key] = (bits[0], bits[1])
        return first

    def possible(self, keys: Keys) -> int:
        one, other = self._always
        for key in self._of_key.keys() & keys:
            more, others = self._of_key[key]
            one |= more
            other |= others
        return one & other


# One for all phrases: a text is searched for many lists, and its words are looked up once.
_INDEX = _Index()


@lru_cache(maxsize=32)
def _possible(text: str) -> int:
    """Return the phrases, as bits, of which a text has the words."""
    return _INDEX.possible(beginnings(text))


def _find(phrase: re.Pattern[str], text: str, position: int = 0) -> re.Match[str] | None:
    """Return the first place of a phrase at which a word begins."""
    while found := phrase.search(text, position):
        begin = found.start()
        if not begin or not is_letter(text[begin - 1]):
            return found
        position = begin + 1
    return None


def _after(phrase: re.Pattern[str], old: re.Match[str], position: int, text: str) -> re.Match[str] | None:
    return old if old.start() >= position else _find(phrase, text, position)


def beginnings(text: str) -> Keys:
    """Return the first three letters of each word of a text, or as many as it has."""
    words = text.encode().translate(_SPACED).decode().split() if text.isascii() else _WORD.findall(text)
    return frozenset([word[:LENGTH] for word in words])
