"""Words in one spelling, so that a pattern is written once."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache

from services.classifier.phrases import Phrases

_MAX_REASON = 300
_MAX_QUOTED = 80
_MARKED = re.compile(r"[^\x00-\x7f]")
_CONTRACTED = re.compile(r"\b[a-z]{1,7}'[a-z]{1,2}\b")
_RUN_TOGETHER = re.compile(
    # Without its apostrophe "im" is a German word, too.
    r"\b(?:(?:do|does|did|is|are|was|has|have|would|could|should)nt|cant|cannot|wont|e-mail|"
    r"im(?= (?:not|out|on|away|interested|sorry|currently|happy|very|just)\b))"
)
_NOT = ["do", "does", "did", "is", "are", "was", "were", "has", "have", "had", "would", "could", "should", "need"]
_SPELLED: dict[str, str] = (
    {f"{word}{end}": f"{word} not" for word in _NOT for end in ("n't", "nt")}
    | {f"{who}'re": f"{who} are" for who in ("we", "you", "they")}
    | {f"{who}'ve": f"{who} have" for who in ("i", "we", "you", "they")}
    | {f"{who}'ll": f"{who} will" for who in ("i", "we", "you", "he", "she", "it", "they", "that")}
    | {f"{who}'d": f"{who} would" for who in ("i", "we", "you", "he", "she", "they")}
    | {f"{what}'s": f"{what} is" for what in ("it", "that", "he", "she", "there", "what", "who", "how", "where")}
    | {"can't": "can not", "cant": "can not", "cannot": "can not", "won't": "will not", "wont": "will not"}
    | {"i'm": "i am", "im": "i am", "let's": "let us", "e-mail": "email"}
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
    text = text.casefold().translate(_QUOTES)
    if _MARKED.search(text):
        parts = unicodedata.normalize("NFKD", text)
        text = "".join(part for part in parts if not unicodedata.combining(part))
    if "'" in text:
        text = _CONTRACTED.sub(_in_full, text)
    return _RUN_TOGETHER.sub(_in_full, text)


def _in_full(match: re.Match[str]) -> str:
    return _SPELLED.get(match.group(), match.group())


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
