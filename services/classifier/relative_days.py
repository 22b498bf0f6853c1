"""Days that are named from today: tomorrow, in two weeks, the 14th, the end of the month; in seven languages."""

import re
from calendar import monthrange
from collections.abc import Callable, Iterator
from datetime import date, timedelta

_WEEK = 7
_FRIDAY, _SUNDAY = 4, 6
_WEEKDAYS = (
    "monday montag lunes lundi maandag lunedi segunda-feira mon mo",
    "tuesday dienstag martes mardi dinsdag martedi terca-feira tue tues",
    "wednesday mittwoch miercoles mercredi woensdag mercoledi quarta-feira wed",
    "thursday donnerstag jueves jeudi donderdag giovedi quinta-feira thu thurs",
    "friday freitag viernes vendredi vrijdag venerdi sexta-feira fri",
    "saturday samstag sabado samedi zaterdag sabato sat",
    "sunday sonntag domingo dimanche zondag domenica sun",
)
_WEEKDAY = {name: number for number, names in enumerate(_WEEKDAYS) for name in names.split()}
_NUMBERS = (
    "a one eine einer einem ein un una une uno een um uma",
    "two zwei dos deux twee due dois duas",
    "three drei tres trois drie tre",
    "four vier cuatro quatre quattro quatro",
    "five funf cinco cinq vijf cinque",
    "six sechs seis zes sei",
)
_NUMBER = {name: number for number, names in enumerate(_NUMBERS, start=1) for name in names.split()}
_COUNT = rf"(?P<count>\d{{1,2}}|{'|'.join(_NUMBER)})"
_DAY_NAME = re.compile(
    rf"\b(?P<next>next |(?:kommenden|nachsten) |proxim[oa] |volgende |prossim[oa] )?"
    rf"(?P<name>{'|'.join(sorted(_WEEKDAY, key=len, reverse=True))})\b(?P<after> prochaine?| que viene| que vem)?"
)
_TOMORROW = re.compile(
    r"(?<!guten )(?<!la )(?<!de )\b(?:tomorrow|morgen|manana|demain|domani|amanha)\b(?! (?:frau|herr))"
)
_NEXT_WEEK = re.compile(
    r"\b(?:next week|(?:nachste|kommende)[rn]? woche|(?:proxima semana|semana que (?:viene|vem))|semaine prochaine|"
    r"volgende week|(?:prossima settimana|settimana prossima))\b"
)
_DAYS = r"(?P<days>days?|tagen?|dias?|jours?|dagen|dag|giorn[io])"
_WEEKS = r"(?P<weeks>weeks?|wochen?|semanas?|semaines?|weken|week|settiman[ae])"
_IN = re.compile(
    rf"\b(?:in|for|next|nachsten|fur|en|dentro de|proximos|proximas|dans|pendant|prochains|prochaines|over|komende|"
    rf"tra|fra|per|prossimi|prossime|em|por) (?:the )?(?:next |about |approximately |circa |ca\. )?"
    rf"{_COUNT} (?:{_DAYS}|{_WEEKS})\b"
)
_END_OF_MONTH = re.compile(
    r"\b(?:end of (?:the |this )?month|ende des monats|monatsende|fin(?:al)? de mes|fin du mois|"
    r"eind(?:e)? van de maand|fine (?:del )?mese|fi(?:m|nal) d[oe] mes)\b"
)
_END_OF_WEEK = re.compile(
    r"\b(?:end of (?:the |this )?week|ende der woche|fin de (?:la )?semaine|eind(?:e)? van de week|"
    r"fine (?:della )?settimana)\b"
)
_DAY_OF_MONTH = re.compile(
    r"\b(?:the (?P<english>\d{1,2})(?:st|nd|rd|th)|(?:am|dem|den|zum) (?P<german>\d{1,2})\.(?!\d)|"
    r"(?:el|dia|le|il|al) (?P<other>\d{1,2})|de (?P<dutch>\d{1,2})e)(?![\d/:%]|[ -]?(?:h|uhr|pm|years?|months?)\b)"
)

Day = tuple[int, int, date]


def relative_days(text: str, today: date) -> Iterator[Day]:
    """Yield where each phrase that names a day begins and ends, and that day; no phrase that means two days."""
    for pattern, read in _READ:
        for match in pattern.finditer(text):
            day = read(match, today)
            if day:
                yield match.start(), match.end(), day


def _weekday(match: re.Match[str], today: date) -> date | None:
    ahead = (_WEEKDAY[match["name"]] - today.weekday() - 1) % _WEEK + 1
    # "Next Friday" on a Monday is four days ahead to some, and eleven to others.
    unclear = bool(match["next"] or match["after"]) and ahead + today.weekday() <= _SUNDAY
    return None if unclear else today + timedelta(days=ahead)


def _ahead(match: re.Match[str], today: date) -> date:
    count = _NUMBER.get(match["count"]) or int(match["count"])
    return today + timedelta(days=count * (_WEEK if match["weeks"] else 1))


def _day_of_month(match: re.Match[str], today: date) -> date | None:
    number = int(next(group for group in match.groups() if group))
    year, month = (today.year, today.month) if number >= today.day else _next_month(today)
    return date(year, month, number) if 1 <= number <= monthrange(year, month)[1] else None


def _next_month(today: date) -> tuple[int, int]:
    return (today.year + today.month // 12, today.month % 12 + 1)


def _end_of_month(_: re.Match[str], today: date) -> date:
    return today.replace(day=monthrange(today.year, today.month)[1])


_Read = Callable[[re.Match[str], date], date | None]
_READ: tuple[tuple[re.Pattern[str], _Read], ...] = (
    (_DAY_NAME, _weekday),
    (_TOMORROW, lambda _, today: today + timedelta(days=1)),
    (_NEXT_WEEK, lambda _, today: today + timedelta(days=_WEEK - today.weekday())),
    (_IN, _ahead),
    (_END_OF_MONTH, _end_of_month),
    (_END_OF_WEEK, lambda _, today: today + timedelta(days=(_FRIDAY - today.weekday()) % _WEEK)),
    (_DAY_OF_MONTH, _day_of_month),
)
