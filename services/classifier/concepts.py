"""What words of seven languages have in common: each concept is one letter, so that a clause is a short string.

"Quit mailing us" and "hört auf, uns zu schreiben" then look alike. Of two beginnings of a word that
have a concept the longer decides.
"""

from functools import lru_cache

from services.classifier.concept_words import WORDS

_SHORTEST_STEM = 3
NONE = "_"


def _read() -> tuple[dict[str, str], dict[str, str]]:
    whole: dict[str, str] = {}
    stems: dict[str, str] = {}
    for letter, words in WORDS.items():
        for word in words.split():
            (stems if word.endswith("*") else whole).setdefault(word.rstrip("*"), letter)
    return whole, stems


_WHOLE, _STEMS = _read()


@lru_cache(maxsize=20_000)
def concept(word: str) -> str:
    """Return the letter of a word's concept, `NONE` if it has none."""
    if letter := _WHOLE.get(word):
        return letter
    if "'" in word:
        return concept(word.partition("'")[2])
    for length in range(len(word), _SHORTEST_STEM - 1, -1):
        if letter := _STEMS.get(word[:length]):
            return letter
    return NONE
