"""What of an e-mail its sender wrote, and when somebody who is away comes back."""

from collections.abc import Sequence

from evaluation.corpus import Quote
from evaluation.phrases import DATED, RECEIVED, REFUSED
from evaluation.results import Figure, Part
from evaluation.scores import Judged
from services.classifier.incoming import reply_text
from services.classifier.rules import Incoming, classify

_ENOUGH_EXACT, _ENOUGH_DATES = 54, 15


def measure_quotes(quotes: Sequence[Quote]) -> Part:
    """Measure how often exactly the sender's own words are left, white space aside."""
    found = {quote.id: _own(quote.text) for quote in quotes}
    wrong = [quote for quote in quotes if found[quote.id].split() != quote.reply.split()]
    empty = [quote.id for quote in quotes if quote.text.strip() and not found[quote.id].strip()]
    exact = len(quotes) - len(wrong)
    figures = [
        Figure(f"own text, exact of {len(quotes)}", f">= {_ENOUGH_EXACT}", str(exact), exact >= _ENOUGH_EXACT),
        Figure("own text, empty though the e-mail is not", "none", str(len(empty)), not empty),
    ]
    judged = [
        Judged(quote.reply, quote.reply if quote not in wrong else "other words", 1.0, quote.id, text=found[quote.id])
        for quote in quotes
    ]
    return Part("own_text", figures, {"exact": exact, "wrong": [quote.id for quote in wrong], "empty": empty}, judged)


def _own(text: str) -> str:
    mail = Incoming(body=text)
    return reply_text(mail, classify(mail))


def measure_dates() -> Part:
    """Measure on this project's own phrases, five languages."""
    right = [text for text, day in DATED if _returns(text) == day.isoformat()]
    guessed = [text for text in REFUSED if _returns(text)]
    figures = [
        Figure(f"return dates of {len(DATED)}", f">= {_ENOUGH_DATES}", str(len(right)), len(right) >= _ENOUGH_DATES),
        Figure(f"of {len(REFUSED)} dates that say too little, guessed", "none", str(len(guessed)), not guessed),
    ]
    missed = [text for text, _ in DATED if text not in right]
    return Part("return_dates", figures, {"right": len(right), "missed": missed, "guessed": guessed})


def _returns(text: str) -> str:
    found = classify(
        Incoming("Automatic reply", headers={"auto-submitted": "auto-replied"}, body=text, received_on=RECEIVED)
    )
    return found.facts.return_date.isoformat() if found.facts.return_date else ""
