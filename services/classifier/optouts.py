"""Any wish to get no more mail, hostile ones and legal threats included."""

import re

from services.classifier.optout_grammar import ordered
from services.classifier.optout_words import BARE, ELSEWHERE, NOT_MEANT, STOP
from services.classifier.understanding import Facts, Incoming, Understanding
from services.classifier.words import is_reply, plain, quoted, reason
from shared.events import Classification

_LOOKED_AT = 3_000
_SHORT, _LONGER = 60, 200
_SENTENCE = re.compile(r"[.!?\n]+\s*")


def opt_out(mail: Incoming, text: str) -> Understanding | None:
    """Recognise a wish to get no more mail in the sender's own text, or in a subject of their own."""
    # Below what a list sends to everybody stands how to leave that list.
    if "list-unsubscribe" in mail.headers:
        return None
    return _in_text(plain(text[:_LOOKED_AT])) or _in_subject(mail.plain_subject)


def _in_text(words: str) -> Understanding | None:
    if found := _wish(words):
        return _unsub(0.95, f"says {quoted([found])}")
    if abroad := ELSEWHERE.search(words):
        return _unsub(0.9, f"says {quoted([abroad.group()])}")
    if len(words) <= _SHORT and (bare := BARE.match(words.strip(" \t\n.,!?*\"'-"))):
        return _unsub(0.93, f"says only {quoted([bare.group()])}")
    if len(words) <= _LONGER and (sentence := _bare_sentence(words)):
        return _unsub(0.9, f"says {quoted([sentence])}")
    if ordering := ordered(words):
        return _unsub(0.85, f"says {quoted([ordering])}")
    return None


def _in_subject(subject: str) -> Understanding | None:
    found = None if is_reply(subject) else _wish(subject) or _whole(subject)
    return _unsub(0.9, f"subject {quoted([found])}") if found else None


def unsubscribe_mail(mail: Incoming) -> Understanding | None:
    """Recognise what programs write for a `List-Unsubscribe` address (RFC 2369): its subject says only that."""
    found = _whole(plain(mail.subject))
    return _unsub(0.95, f"subject {quoted([found])}") if found else None


def _bare_sentence(words: str) -> str | None:
    """Return a sentence that says nothing but "stop", in a short text."""
    bare = (BARE.match(sentence.strip(" ,*\"'-")) for sentence in _SENTENCE.split(words))
    return next((found.group() for found in bare if found and found.group() != "cancel"), None)


def _whole(subject: str) -> str | None:
    bare = BARE.match(subject.strip(" .,!*\"'-"))
    return bare.group() if bare else None


def _wish(words: str) -> str | None:
    """Return the first words that ask to stop and are not turned around by what stands before them."""
    for match in STOP.finditer(words):
        before = words[max(0, match.start() - 40) : match.start()]
        if not NOT_MEANT.search(before):
            return match.group()
    return None


def _unsub(confidence: float, said: str) -> Understanding:
    return Understanding(Classification.UNSUB, confidence, reason(said), Facts())
