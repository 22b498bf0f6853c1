"""Replies spoken from the grammar: greeted, signed, combined and misspelled as people do."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random
from zlib import crc32

from services.classifier.situations import Situation
from training.grammar import Grammar, Template, spellings
from training.noise import invented, noise

FOLDS = 5
_SPOKEN = (12, 70)  # how often a template is spoken: as often as its choices allow, within these
_COMBINED = 2_500  # replies of two situations in a language
_NOISE = 500  # texts that say nothing in a language
# How often a reply has this, as a share of 1.
_FOR_NOW = 0.1
_ASKED, _LINKED, _THANKED, _FILLED, _GREETED, _SIGNED, _ENDED = 0.75, 0.25, 0.12, 0.08, 0.22, 0.15, 0.5
_CARD, _DISCLAIMED, _STRANGE = 0.05, 0.03, 0.08
_UNPUNCTUATED, _BARE, _MISTYPED = 0.1, 0.08, 0.1
_SPARED = 4  # long words a text must have to lose one
_CARDS = (
    "{person} {surname}",
    "{role}",
    "{firm}",
    "{phone}",
    "{address}",
    "{link}",
    "{place}",
    "{person} {surname}, {firm}",
)
_S = Situation
_YES = (_S.INTERESTED, _S.MEETING, _S.DETAILS, _S.PRICE, _S.QUESTION)
_NO = (_S.DECLINE, _S.HAS_SOLUTION, _S.TOO_EXPENSIVE)
_STOP = (_S.OPTOUT, _S.THREAT)
_HUMAN = (_S.DEFERRAL, _S.REFERRAL, _S.WRONG_PERSON, _S.THINKING)
_AWAY = (_S.AWAY, _S.LEFT)


@dataclass(frozen=True, slots=True)
class Combination:
    """Two situations in one reply, whether a "but" stands between them, and whose meaning wins."""

    first: Sequence[Situation]
    second: Sequence[Situation]
    but: bool
    second_wins: bool


COMBINATIONS = (
    Combination(_NO, _YES, but=True, second_wins=True),
    Combination(_YES, _NO, but=True, second_wins=True),
    Combination(_YES, _YES, but=False, second_wins=False),
    Combination(_NO, _NO, but=False, second_wins=False),
    Combination(_NO, _STOP, but=False, second_wins=True),
    Combination((_S.SOURCE, _S.WHO, _S.RUDE, _S.WRONG_PERSON, *_YES[:1]), _STOP, but=False, second_wins=True),
    Combination(_STOP, (_S.RUDE, _S.DECLINE, *_STOP), but=False, second_wins=False),
    Combination(_YES, (_S.DEFERRAL,), but=True, second_wins=True),
    Combination((_S.DECLINE,), (_S.DEFERRAL, _S.REFERRAL), but=True, second_wins=True),
    Combination((_S.WRONG_PERSON,), (_S.REFERRAL,), but=False, second_wins=True),
    Combination((_S.ACKNOWLEDGED,), (*_YES, *_NO, *_HUMAN, *_STOP), but=False, second_wins=True),
    Combination((_S.ACKNOWLEDGED,), (*_NO, *_NO), but=True, second_wins=True),
    Combination((_S.AWAY, _S.WRONG_PERSON, _S.THINKING), _YES, but=True, second_wins=True),
    Combination(_AWAY, _AWAY, but=False, second_wins=False),
    Combination((_S.RECEIPT, _S.UNMONITORED), (_S.UNMONITORED, _S.RECEIPT), but=False, second_wins=False),
    Combination((_S.THINKING, _S.DEFERRAL), (_S.DEFERRAL, _S.THINKING), but=False, second_wins=False),
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A reply, what it does, its language, and the fold in which all sentences of its templates are."""

    text: str
    situation: Situation
    language: str
    fold: int


def sentences(grammars: Sequence[Grammar], seed: int, dose: float = 1.0) -> list[Sentence]:
    """Return replies in all languages; `dose` scales their number. The same seed gives the same replies."""
    said = (sentence for grammar in grammars for sentence in _of(grammar, Random(f"{seed}"), dose))
    return list({sentence.text: sentence for sentence in said}.values())


def fold_of(template: Template) -> int:
    """Return the fold of a template: what is fitted on one fold is judged on sentences of others."""
    return crc32(f"{template.language}{template.situation.name}{template.line}".encode()) % FOLDS


def _of(grammar: Grammar, random: Random, dose: float) -> Iterator[Sentence]:
    by_place: dict[tuple[Situation, int], list[Template]] = {}
    for template in grammar.templates:
        by_place.setdefault((template.situation, fold_of(template)), []).append(template)
    for template in grammar.templates:
        least, most = _SPOKEN
        for _ in range(max(1, int(dose * min(most, max(least, 2 * spellings(template.line)))))):
            text = _qualified(grammar, template, grammar.speak(template.line, random), random)
            yield Sentence(
                _dressed(grammar, _asked(grammar, text, random), random),
                template.situation,
                grammar.language,
                fold_of(template),
            )
    lines = [template.line for template in grammar.templates]
    for number, text in enumerate(noise(grammar.language, lines, int(_NOISE * dose), random)):
        yield Sentence(text, Situation.OTHER, grammar.language, number % FOLDS)
    for number in range(int(_COMBINED * dose)):
        combination = COMBINATIONS[number % len(COMBINATIONS)]
        pair = random.choice(combination.first), random.choice(combination.second)
        fold = random.randrange(FOLDS)
        two = [random.choice(by_place[one, fold]) for one in pair if (one, fold) in by_place]
        if len(two) == len(pair):
            said = [_asked(grammar, grammar.speak(one.line, random), random) for one in two]
            text = _joined(grammar, said, combination, random)
            yield Sentence(text, pair[combination.second_wins], grammar.language, fold)


def _qualified(grammar: Grammar, template: Template, said: str, random: Random) -> str:
    """Say a decline for now, politely, some of the time: without an invitation to come back it stays a decline."""
    if template.situation in _NO and random.random() < _FOR_NOW:
        return f"{said} {grammar.fill('now', random)}"
    return said


def _asked(grammar: Grammar, said: str, random: Random) -> str:
    """End what begins as a question does with a question mark, most of the time."""
    first = said.split(" ", 1)[0].lower().strip(",")
    asks = first in grammar.slots["asks"] and not said.endswith((".", "?", "!"))
    return said + "?" if asks and random.random() < _ASKED else said


def _joined(grammar: Grammar, said: list[str], combination: Combination, random: Random) -> str:
    between = random.choice((". ", ". ", ", ", "\n", "\n\n", "! ", " "))
    if combination.but:
        between = random.choice((", ", ". ", " ", ", ")) + grammar.fill("but", random) + " "
    elif random.random() < _LINKED:
        between = random.choice((", ", " ")) + grammar.fill("and", random) + " "
    first = said[0].rstrip(".") if between[0] in ".,!" else said[0]
    between = between.lstrip(".,!") if first.endswith("?") else between
    return _dressed(grammar, first + between + said[1], random)


def _dressed(grammar: Grammar, text: str, random: Random) -> str:
    """Greet, thank, add a filler, sign and misspell, each some of the time."""
    if random.random() < _THANKED:
        text = f"{grammar.fill('thanks', random)} {text}"
    if random.random() < _FILLED:
        filler = grammar.speak(grammar.fill("filler", random), random)
        text = random.choice((f"{filler} {text}", f"{text.rstrip('.')}. {filler}"))
    if random.random() < _GREETED:
        text = grammar.fill("greeting", random) + random.choice((" ", "\n", "\n\n")) + text
    if random.random() < _SIGNED:
        end = " " if text.endswith("?") else ". "
        text += random.choice((end, "\n", "\n\n", ", ", "!\n")) + grammar.fill("signoff", random)
    elif not text.endswith("?") and random.random() < _ENDED:
        text += random.choice((".", ".", "!", "...", " :)", "!!"))
    text += _below(grammar, random)
    return _misspelled("\n".join(grammar.speak(line, random) for line in text.split("\n")), random)


def _below(grammar: Grammar, random: Random) -> str:
    """Return what stands below some replies, whatever they say: who wrote it, and a disclaimer."""
    card = random.sample(_CARDS, random.randint(1, 4)) if random.random() < _CARD else []
    notice = [grammar.fill("disclaimer", random)] if random.random() < _DISCLAIMED else []
    return "".join(f"\n{line}" for line in (*card, *notice))


def _misspelled(text: str, random: Random) -> str:
    if random.random() < _UNPUNCTUATED:
        text = re.sub(r"[,.;!]", "", text)
    if random.random() < _BARE:
        text = text.replace("'", "")
    if random.random() < _BARE:
        text = text.replace("ä", "ae").replace("ö", "oe").replace("ü", "ue").replace("ß", "ss")
    if random.random() < _STRANGE:
        text = _estranged(text, random)
    return _mistyped(text, random) if random.random() < _MISTYPED else text


def _estranged(text: str, random: Random) -> str:
    """Replace a long word by an invented one: people know more words than the grammar."""
    words = list(re.finditer(r"[^\W\d_]{5,}", text))
    if len(words) < _SPARED:
        return text
    word = random.choice(words)
    return text[: word.start()] + invented(random) + text[word.end() :]


def _mistyped(text: str, random: Random) -> str:
    """Swap, drop or double a letter inside one long word."""
    words = list(re.finditer(r"[^\W\d_]{5,}", text))
    if not words:
        return text
    word = random.choice(words)
    at = random.randrange(word.start() + 1, word.end() - 2)
    one, two = text[at], text[at + 1]
    return text[:at] + random.choice((two + one, two, one + one + two)) + text[at + 2 :]
