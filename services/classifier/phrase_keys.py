"""The words that a phrase, a regular expression, can't do without: by them it is looked up."""

from collections.abc import Sequence
from itertools import zip_longest
from re import _constants as ops  # type: ignore[attr-defined]
from re import _parser as parser
from re._parser import SubPattern  # type: ignore[import-not-found]

Keys = frozenset[str]
# How the last word may have begun, by its first letters, with a space where it has ended: None where nobody knows.
Begun = Keys | None

LENGTH = 3  # letters of a word that are looked at
_MOST_KEYS = 60
_END = " "
_NONE: Keys = frozenset()
_NEW: Keys = frozenset([""])
_GAP = (0, 3)
_REPEATS = {ops.MAX_REPEAT, ops.MIN_REPEAT, ops.POSSESSIVE_REPEAT}
_ZERO_WIDTH = {ops.AT, ops.ASSERT, ops.ASSERT_NOT}
_LETTER = [(ops.IN, [(ops.CATEGORY, ops.CATEGORY_WORD)])]
_GAPS = {ops.CATEGORY_NOT_WORD, ops.CATEGORY_SPACE}
_COMMON_WORDS = """
    do not no to me my we us in is am are it on of you your the for have has and be will with this that can or at would
    please de la le en un ne pas nous vous je que el los por se die der das ich sie wir bin ist ein zu mit het een ik
    van niet non di il che nao para um
"""
_COMMON = frozenset(word[:LENGTH] for word in _COMMON_WORDS.split())


def keys_of(phrase: str) -> tuple[Keys, Keys]:
    """Return two sets of beginnings of words: each text in which this phrase stands as whole words has one of each.

    A set is empty where none is known.
    """
    found, begun = _of_sequence(parser.parse(phrase), _NEW)
    found += _known(_ended(begun))
    best = sorted((keys for keys in found if len(keys) <= _MOST_KEYS), key=_worth, reverse=True)
    one = best[0] if best else _NONE
    return one, next((other for other in best if other.isdisjoint(one)), _NONE)


def _of_sequence(sequence: SubPattern, begun: Begun) -> tuple[list[Keys], Begun]:
    """Return the keys of all that must follow each other, and how the word may have begun in which it ends.

    `begun`: the same of where it begins.
    """
    found: list[Keys] = []
    for (kind, what), following in zip_longest(sequence, list(sequence)[1:]):
        # Without words in the gap of a few words, the last word ends all the same.
        if kind is ops.MAX_REPEAT and what[:2] == _GAP and following and _parts(*what[2][0]) and _parts(*following):
            found += _known(_ended(begun))
        inner, begun = _of_element(kind, what, begun)
        found += [*inner, *_known(begun)]
    return found, begun


def _parts(kind: object, what: SubPattern) -> bool:
    """Tell whether something must begin with what is no letter, or stands where no letter follows."""
    if kind is ops.BRANCH:
        return all(way and _parts(*way[0]) for way in what[1])
    if kind is ops.MAX_REPEAT:
        return bool(what[0]) and _parts(*what[2][0])
    return _is_end(kind, what) or (kind not in _ZERO_WIDTH and _letters(kind, what) == "")


def _is_end(kind: object, what: SubPattern) -> bool:
    return kind is ops.ASSERT_NOT and what[0] == 1 and list(what[1]) == _LETTER


def _of_element(kind: object, what: SubPattern, begun: Begun) -> tuple[list[Keys], Begun]:
    if kind is ops.SUBPATTERN:
        return _of_sequence(what[3], begun)
    if kind is ops.BRANCH:
        return _of_ways([_of_sequence(way, begun) for way in what[1]])
    if kind in _REPEATS:
        return _of_repeat(what[0], what[1], what[2], begun)
    if kind in _ZERO_WIDTH:
        return [], _ended(begun) if _is_end(kind, what) else begun
    return [], _with_character(_letters(kind, what), begun)


def _with_character(letters: str | None, begun: Begun) -> Begun:
    if letters == "":
        return _ended(begun)
    if letters is None or begun is None:
        return None
    return frozenset(
        letter if word.endswith(_END) else f"{word}{letter}"[:LENGTH] for word in begun for letter in letters
    )


def _letters(kind: object, what: SubPattern) -> str | None:
    """Return the letters that a character may be: empty if it is none; None if it may be many, or one and none."""
    members = [(kind, what)] if kind is ops.LITERAL else what if kind is ops.IN else []
    letters = [chr(code) for member, code in members if member is ops.LITERAL and is_letter(chr(code))]
    if not letters and members and all(member is ops.LITERAL or code in _GAPS for member, code in members):
        return ""
    return "".join(letters) if letters and len(letters) == len(members) else None


def _of_repeat(least: int, most: int, item: SubPattern, begun: Begun) -> tuple[list[Keys], Begun]:
    found, after = _of_sequence(item, begun)
    ways = after if least else _either([begun, after])
    for _ in range(LENGTH if most > 1 else 0):
        ways = _either([ways, _of_sequence(item, ways)[1]])
    return (found if least else []), ways


def _of_ways(ways: Sequence[tuple[list[Keys], Begun]]) -> tuple[list[Keys], Begun]:
    """Return the keys of alternatives: of each its best."""
    best = [max(found, key=_worth, default=_NONE) for found, _ in ways]
    return ([frozenset().union(*best)] if all(best) else []), _either([begun for _, begun in ways])


def _either(ways: Sequence[Begun]) -> Begun:
    known = [begun for begun in ways if begun is not None]
    return frozenset().union(*known) if len(known) == len(ways) else None


def _ended(begun: Begun) -> Keys:
    """Return how the word may have begun that ended last; "" if none did."""
    return frozenset(word if word.endswith(_END) or not word else f"{word}{_END}" for word in begun or _NEW)


def _known(begun: Begun) -> list[Keys]:
    """Return the key of words that ended, or of which enough is known."""
    if not begun or not all(word.endswith(_END) or len(word) == LENGTH for word in begun):
        return []
    return [frozenset(word.removesuffix(_END) for word in begun)]


def _worth(keys: Keys) -> tuple[int, int]:
    """Rank keys: without common words, then few."""
    return (-len(keys & _COMMON), -len(keys))


def is_letter(character: str) -> bool:
    """Tell whether a character is part of a word."""
    return character.isalnum() or character == "_"
