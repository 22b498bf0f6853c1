"""Words in one spelling, so that a pattern is written once."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache

from services.classifier.phrases import Phrases

_MAX_REASON = 300
_MAX_QUOTED = 80
_MARKED = re.compile(r"[^\x00-\x7f]+")
_NOT = "do does did is are was were has have had would could should need".split()  # noqa: SIM905
_NOT_RUN_TOGETHER = "do does did is are was has have would could should".split()  # noqa: SIM905


def _after(end: str, before: Iterable[str], full: str) -> tuple[str, re.Pattern[str], str]:
    """Return how to spell out an end of these words; a pattern that begins with letters is searched fast."""
    behind = "|".join(rf"(?<=\b{word}{end})" for word in before)
    return end, re.compile(rf"{end}(?:{behind})" + (r"\b" if "'" in end else "")), full


# What stands for more words than it shows: letters, their pattern, and what they stand for.
_CONTRACTED = (
    _after("n't", _NOT, " not"),
    _after("n't", ["ca"], "n not"),
    _after("won't", [""], "will not"),
    _after("'re", ["we", "you", "they"], " are"),
    _after("'ve", ["i", "we", "you", "they"], " have"),
    _after("'ll", ["i", "we", "you", "he", "she", "it", "they", "that"], " will"),
    _after("'d", ["i", "we", "you", "he", "she", "they"], " would"),
    _after("'s", ["it", "that", "he", "she", "there", "what", "who", "how", "where"], " is"),
    _after("'s", ["let"], " us"),
    _after("'m", ["i"], " am"),
)
_RUN_TOGETHER = (
    _after("nt", _NOT_RUN_TOGETHER, " not"),
    _after("nt", ["ca"], "n not"),
    _after("cannot", [""], "can not"),
    _after("wont", [""], "will not"),
    _after("e-mail", [""], "email"),
    # Without its apostrophe "im" is a German word, too.
    (
        "im ",
        re.compile(r"im(?<=\bim)(?= (?:not|out|on|away|interested|sorry|currently|happy|very|just)\b)"),
        "i am",
    ),
)
_QUOTES = str.maketrans("\u2019\u2018`\u00b4\u201c\u201d\u2013\u2014", "''''\"\"--")
# Of a phrase: a set of characters (left alone), a gap, a space.
_TOKEN = re.compile(r"\[(?:\\.|[^\]\\])+\]| ?~ ?| ")
_SPACE = r"(?:[ \n]{1,3})"
_GAP = r"(?:[ \n,]{1,3}[\w'&-]{1,30}){0,3}(?:[ \n]{1,3}|(?!\w))"
_REPLY = re.compile(r"\s{0,3}(?:re|aw|sv|antw|rv|fwd?|wg|tr|rif|res|enc)\s{0,2}(?:\[\d{1,3}\])?\s{0,2}:", re.IGNORECASE)
_ADDRESS = re.compile(r"\S{0,200}@\S{0,200}")
_WHOLE_ADDRESS = re.compile(r"[\w.+-]{1,64}@(?:[\w-]{1,63}\.){1,5}[a-z]{2,24}\b", re.IGNORECASE)


@lru_cache(maxsize=32)
def plain(text: str) -> str:
    """Return a text in lower case, without accents, contractions spelled out."""
    # The stages of one e-mail ask for the same few texts.
    if text.isascii():
        text = text.lower().replace("`", "'")
    else:
        text = _MARKED.sub(_without_marks, text.casefold().translate(_QUOTES))
    for letters, pattern, full in (*_CONTRACTED, *_RUN_TOGETHER) if "'" in text else _RUN_TOGETHER:
        if letters in text:
            text = pattern.sub(full, text)
    return text


def _without_marks(match: re.Match[str]) -> str:
    parts = unicodedata.normalize("NFKD", match.group())
    return "".join(part for part in parts if not unicodedata.combining(part))


def is_reply(subject: str) -> bool:
    """Tell whether a subject begins as that of an answer or a forwarded e-mail does."""
    return bool(_REPLY.match(subject))


def one_of(phrases: str) -> Phrases:
    """Compile phrases, one on each line, into a pattern that finds any of them as whole words.

    A phrase is a regular expression in which `~` stands for up to three words in between.
    """
    lines = (line.strip() for line in phrases.strip().splitlines())
    return Phrases([_TOKEN.sub(_spelled, line) for line in lines if line])


def _spelled(token: re.Match[str]) -> str:
    if token.group().startswith("["):
        return token.group()
    return _SPACE if token.group() == " " else _GAP


def addresses(text: str) -> Iterator[str]:
    """Return the e-mail addresses in a text, in their order."""
    if "@" in text:
        for match in _WHOLE_ADDRESS.finditer(text):
            yield match.group().lower()


def quoted(found: Iterable[str]) -> str:
    """Return words in quotation marks for a reason, without addresses."""
    kept = dict.fromkeys(" ".join(_ADDRESS.sub("...", words).split())[:_MAX_QUOTED] for words in found)
    return ", ".join(f'"{words}"' for words in list(kept)[:3])


def reason(text: str) -> str:
    """Return a reason of at most 300 characters."""
    return text[:_MAX_REASON]
