"""Whole e-mails: bounces, complaints, absences, and ordinary mail that is none of these."""

from collections import Counter
from collections.abc import Iterable, Sequence

from evaluation.corpus import Message
from evaluation.results import Figure, Part, at_least, at_most
from evaluation.scores import Judged, grouped
from services.classifier.incoming import from_email
from services.classifier.rules import Understanding, classify
from shared.events import BounceKind
from shared.mail.parsing import UnparsableError, parse_email

BOUNCE, OOO, UNSUB, COMPLAINT = "BOUNCE", "OOO", "UNSUB", "OTHER_FBL"
ORDINARY = frozenset({"ORDINARY", "HUMAN"})
Read = Sequence[tuple[Message, Understanding | None]]


def understand(messages: Iterable[Message]) -> Read:
    """Read and classify e-mails; what can't be read is understood as nothing."""
    return [(message, _one(message.raw)) for message in messages]


def _one(raw: bytes) -> Understanding | None:
    try:
        return classify(from_email(parse_email(raw)))
    except UnparsableError:
        return None


def measure(messages: Iterable[Message], false_bounces_elsewhere: int) -> Part:
    """Measure on whole e-mails; `false_bounces_elsewhere`: short replies wrongly called BOUNCE."""
    read = understand(messages)
    judged = [_judged(message, found) for message, found in read]
    values = {
        "messages": len(read),
        "unreadable": sum(found is None for _, found in read),
        "found_by_label": {label: Counter(one.found for one in some) for label, some in _by_label(judged).items()},
        "sources": {
            name: {"bounces": len(some), "recall": round(_recall(some, BOUNCE), 4)}
            for name, some in _by_source(judged).items()
        },
    }
    figures = [*_bounces(judged, false_bounces_elsewhere), _hard(read), *_others(read, judged)]
    return Part("messages", figures, values, judged)


def _judged(message: Message, found: Understanding | None) -> Judged:
    name = str(found.classification) if found else "unreadable"
    confidence, reason = (found.confidence, found.reason) if found else (0.0, "")
    return Judged(message.label, name, confidence, message.source, text=message.path, reason=reason)


def _by_label(judged: Sequence[Judged]) -> dict[str, list[Judged]]:
    return grouped(judged, lambda one: one.expected)


def _by_source(judged: Sequence[Judged]) -> dict[str, list[Judged]]:
    return grouped([one for one in judged if one.expected == BOUNCE], lambda one: one.source)


def _recall(judged: Sequence[Judged], name: str) -> float:
    return sum(one.found == name for one in judged) / len(judged) if judged else 1.0


def _bounces(judged: Sequence[Judged], elsewhere: int) -> list[Figure]:
    bounces = [one for one in judged if one.expected == BOUNCE]
    others = [one for one in judged if one.expected != BOUNCE]
    wrong = sum(one.found in {OOO, "POSITIVE"} for one in bounces)
    false = sum(one.found == BOUNCE for one in others)
    seen = f"{false} of {len(others)} e-mails, {elsewhere} short replies"
    return [
        at_least(f"BOUNCE, recall on {len(bounces)}", 0.985, _recall(bounces, BOUNCE), of=_missed(bounces)),
        at_most("bounces called OOO or POSITIVE", 0, wrong),
        at_most("others called BOUNCE", 1, false + elsewhere, of=seen),
    ]


def _missed(bounces: Sequence[Judged]) -> str:
    found = Counter(one.found for one in bounces if one.found != BOUNCE)
    return ", ".join(f"{number} {name}" for name, number in found.most_common()) or "none missed"


def _hard(read: Read) -> Figure:
    """Compare HARD with the labels; a bounce that was missed disagrees."""
    labelled = [(message.hard, found) for message, found in read if message.label == BOUNCE]
    known = [(hard, found) for hard, found in labelled if hard is not None]
    agree = sum(
        found is not None and found.classification == BOUNCE and (found.facts.bounce_kind is BounceKind.HARD) == hard
        for hard, found in known
    )
    return at_least(f"hard or soft as labelled, of {len(known)}", 0.92, agree / max(1, len(known)), of=str(agree))


def _others(read: Read, judged: Sequence[Judged]) -> list[Figure]:
    complaints = [found for message, found in read if message.label == COMPLAINT]
    known = sum(found is not None and found.facts.complaint for found in complaints)
    opted_out = sum(found is not None and found.classification == UNSUB for found in complaints) - known
    ordinary = [one for one in judged if one.expected in ORDINARY]
    away = [one for one in judged if one.expected == OOO]
    return [
        Figure(
            f"complaints of {len(complaints)}",
            "all",
            f"{known}" + (f" (and {opted_out} as plain opt-outs)" if opted_out else ""),
            known == len(complaints),
        ),
        at_most(f"of {len(ordinary)} ordinary e-mails called OOO", 0, sum(one.found == OOO for one in ordinary)),
        Figure(f"whole absence replies of {len(away)}", "", str(sum(one.found == OOO for one in away))),
    ]
