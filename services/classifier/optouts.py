"""Any wish to get no more mail, hostile ones and legal threats included."""

from services.classifier.optout_words import BARE, NOT_MEANT, STOP
from services.classifier.understanding import Facts, Incoming, Understanding
from services.classifier.words import is_reply, plain, quoted, reason
from shared.events import Classification

_SHORT = 60


def opt_out(mail: Incoming, text: str) -> Understanding | None:
    """Recognise a wish to get no more mail in the sender's own text, or in a subject of their own."""
    words = plain(text)
    if found := _wish(words):
        return _unsub(0.95, f"says {quoted([found])}")
    if len(words) <= _SHORT and (bare := BARE.match(words.strip(" \t\n.,!?*\"'-"))):
        return _unsub(0.93, f"says only {quoted([bare.group()])}")
    subject = plain(mail.subject)
    if is_reply(subject):
        return None
    if found := _wish(subject) or _whole(subject):
        return _unsub(0.9, f"subject {quoted([found])}")
    return None


def unsubscribe_mail(mail: Incoming) -> Understanding | None:
    """Recognise what programs write for a `List-Unsubscribe` address (RFC 2369): its subject says only that."""
    found = _whole(plain(mail.subject))
    return _unsub(0.95, f"subject {quoted([found])}") if found else None


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
