"""What an e-mail means: stages in a fixed order, the first that knows decides. Pure.

Structure before words, machines before people, and opt-outs before every other wish.
"""

from services.classifier.absences import absence_in_words, automatic_reply
from services.classifier.bounces import bounce_without_structure
from services.classifier.capping import cap
from services.classifier.complaints import complaint
from services.classifier.delivery_reports import delivery_report
from services.classifier.intents import intent, talks_to_us
from services.classifier.optouts import opt_out, unsubscribe_mail
from services.classifier.own_text import own_text
from services.classifier.provider_notices import provider_notice
from services.classifier.understanding import Facts, Incoming, Understanding

VERSION = "model-2"

__all__ = ["VERSION", "Facts", "Incoming", "Understanding", "classify"]


def classify(mail: Incoming) -> Understanding:
    """Return what an e-mail means; takes time linear in what `cap` leaves, and never raises."""
    mail = cap(mail)
    return (
        complaint(mail)
        or delivery_report(mail)
        or provider_notice(mail)
        or bounce_without_structure(mail)
        or _answer(mail)
    )


def _answer(mail: Incoming) -> Understanding:
    text = own_text(mail.body, mail.sent)
    found = unsubscribe_mail(mail) or automatic_reply(mail, text) or opt_out(mail, text)
    if found is None and (away := absence_in_words(mail, text)) and not talks_to_us(text):
        found = away
    return found or intent(mail, text)
