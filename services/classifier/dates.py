"""When somebody is back: plain patterns in seven languages; what could be read in two ways is not read."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from services.classifier.relative_days import relative_days
from services.classifier.words import plain

_MONTHS = (
    "january jan januar enero janvier januari gennaio janeiro",
    "february feb februar febrero fevrier februari febbraio fevereiro",
    "march mar marz maerz marzo mars maart marco",
    "april apr abril avril aprile",
    "may mai mayo mei maggio maio",
    "june jun juni junio juin giugno junho",
    "july jul juli julio juillet luglio julho",
    "august aug agosto aout augustus",
    "september sep sept septiembre setiembre septembre settembre setembro",
    "october oct okt oktober octubre octobre ottobre outubro",
    "november nov noviembre novembre novembro",
    "december dec dez dezember diciembre decembre dicembre dezembro",
)
_MONTH = {name: number for number, names in enumerate(_MONTHS, start=1) for name in names.split()}
_NAMES = "|".join(sorted(_MONTH, key=len, reverse=True))
_PATTERNS = (
    re.compile(r"\b(?P<year>20\d\d)-(?P<month>\d{1,2})-(?P<day>\d{1,2})\b"),
    re.compile(
        rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th|er|\.|o)?,?[ -]?(?:of |de |di )?(?P<month>{_NAMES})(?:\b|(?=20\d\d))\.?"
        r"(?:,?[ -]?(?:de |del |of )?(?P<year>20\d\d)\b)?"
    ),
    re.compile(rf"\b(?P<month>{_NAMES})\b\.? (?:the )?(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b(?:,? ?(?P<year>20\d\d)\b)?"),
    re.compile(r"\b(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?P<year>20\d\d|\d\d\b)?"),
    re.compile(r"\b(?<![/-])(?P<first>\d{1,2})[/-](?P<second>\d{1,2})(?:[/-](?P<year>20\d\d|\d\d))?\b"),
)
_BEFORE, _NEAR = 45, 24
_BACK = re.compile(
    r"\b(?:back(?! to (?:you|me|us|your))|return(?:ing|s)?|again|available|resum\w{1,4}|reopen\w{0,3}|wieder|zuruck|"
    r"erreichbar|regres\w{1,6}|vuelv\w{1,4}|vuelt\w|incorpor\w{1,4}|retour|reviens|terug|weer|rientr\w{1,4}|"
    r"ritorn\w{1,4}|torn\w{1,4}|volt\w{1,5}|retorn\w{1,4})\b"
)
_BACK_AFTER = re.compile(rf"[^.;!?\d]{{0,30}}?{_BACK.pattern}")
_UNTIL = re.compile(
    r"\b(?:until|till?|through|thru|to|including|bis|hasta|jusqu\W{0,2}au?|au|tot|t/m|fino a\w{0,2}|ate|al)\b|"
    r"(?:(?<=[\w.)]) |(?<=[\d.)]))- ?$"
)
_FROM = re.compile(r"\b(?:from|since|starting|as of|vom|von|seit|desde|depuis|du|del|vanaf|dal|sent|on leave on)\b")
_AWAY = re.compile(
    r"\b(?:away|out|off|absent\w?|leave|vacation|holidays?|travel\w{0,4}|urlaub|abwesend|verreist|fuera|vacaciones|"
    r"conges?|absence|vakantie|afwezig|ferie|assente|fuori|ferias|ausente)\b"
)
_LONGEST = timedelta(days=365)
# A date without a year that lies so short a time back is over; one further back means next year's.
_JUST_OVER = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class _Found:
    """A date in a text: how well the words before it say "back then"; `day` None is one that must not be read."""

    weight: int
    day: date | None


def return_date(text: str, received_on: date | None) -> date | None:
    """Return the day on which somebody says to be back; None if there is none, or no single reading of it."""
    text = " ".join(plain(text)[:4_000].split())
    found = [item for item in _dates(text, received_on) if item.weight > 1]
    if not found and received_on:
        found = list(_relative(text, received_on))
    best = max((item.weight for item in found), default=0)
    days = [item.day for item in found if item.weight == best]
    known = [day for day in days if day is not None]
    if not known or len(known) < len(days):
        return None
    last = max(known)
    if received_on and not received_on <= last <= received_on + _LONGEST:
        return None
    return last


def _dates(text: str, received_on: date | None) -> Iterator[_Found]:
    for pattern in _PATTERNS:
        for match in pattern.finditer(text):
            yield _Found(_weight(text, match.start(), match.end()), _read(match, received_on))


def _relative(text: str, received_on: date) -> Iterator[_Found]:
    for begin, end, day in relative_days(text, received_on):
        weight = _weight(text, begin, end)
        if weight > 1 or (weight and _AWAY.search(text[max(0, begin - _BEFORE) : begin])):
            yield _Found(weight, day)


def _weight(text: str, begin: int, end: int) -> int:
    """Weigh how surely a date means the return: 0 is when somebody leaves, 1 any day, 2 the last one, 3 the return."""
    before = text[max(0, begin - _BEFORE) : begin]
    sentence = re.split(r"[.;!](?= )", before)[-1]
    left, until = _last(_FROM, sentence), _last(_UNTIL, sentence)
    if left > until and len(sentence) - left <= _NEAR:
        return 0
    # "Back on the 3rd" and "on the 3rd I am back".
    back = _BACK.search(sentence) or (until < 0 and _BACK_AFTER.match(text, end))
    return 3 if back else 2 if until >= 0 else 1


def _last(pattern: re.Pattern[str], text: str) -> int:
    return max((match.start() for match in pattern.finditer(text)), default=-1)


def _read(match: re.Match[str], received_on: date | None) -> date | None:
    parts = match.groupdict()
    if "first" in parts:
        day, month = _told_apart(int(parts["first"]), int(parts["second"]))
    else:
        named = _MONTH.get(parts["month"])
        day, month = int(parts["day"]), named or int(parts["month"])
    year = int(parts["year"] or 0)
    if year:
        return _date(year if year > 99 else 2000 + year, month, day)  # noqa: PLR2004 - two digits
    return _next(month, day, received_on) if received_on else None


def _told_apart(first: int, second: int) -> tuple[int, int]:
    """Return day and month of 14/03 or 03/14, and nothing (0) for 03/04."""
    if first == second or first > 12 >= second:  # noqa: PLR2004 - months
        return first, second
    return (second, first) if second > 12 >= first else (0, 0)  # noqa: PLR2004 - months


def _next(month: int, day: int, received_on: date) -> date | None:
    this_year = _date(received_on.year, month, day)
    if this_year is None or this_year >= received_on - _JUST_OVER:
        return this_year
    return _date(received_on.year + 1, month, day)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
