"""When an e-mail may leave: sending windows in local time, and waits in days of a settable length. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

MINUTES_A_DAY = 1440
REAL_DAY_SECONDS = 86_400
EVERY_DAY = frozenset(range(1, 8))


@dataclass(frozen=True, slots=True)
class Window:
    """Local minutes of the day, from start up to but not including end, on ISO weekdays (1 = Monday).

    An end that is not after the start lies on the next day. Raises ValueError if a minute or weekday
    does not exist, no weekday is given, or the time zone is not known.
    """

    timezone: str
    start_minute: int = 0
    end_minute: int = MINUTES_A_DAY
    weekdays: frozenset[int] = EVERY_DAY

    def __post_init__(self) -> None:
        if not 0 <= self.start_minute < MINUTES_A_DAY or not 0 <= self.end_minute <= MINUTES_A_DAY:
            raise ValueError(f"there is no window from minute {self.start_minute} to {self.end_minute} of a day")
        if not self.weekdays or not self.weekdays <= EVERY_DAY:
            raise ValueError("weekdays must be some of 1 (Monday) to 7 (Sunday)")
        zone(self.timezone)


def zone(name: str) -> ZoneInfo:
    """Return the IANA time zone of that name; raise ValueError if there is none."""
    try:
        return ZoneInfo(name)
    except (KeyError, OSError, ValueError) as error:
        raise ValueError(f"{name[:60]!r} is no time zone") from error


def known_zone(*names: str | None) -> str:
    """Return the first of these names that is a time zone; UTC if none is."""
    for name in names:
        try:
            return zone(name or "").key
        except ValueError:
            continue
    return "UTC"


def is_open(window: Window, moment: datetime) -> bool:
    """Tell whether mail may leave at this moment (an aware datetime)."""
    return opens(window, moment) == moment


@lru_cache(maxsize=256)
def opens(window: Window, moment: datetime) -> datetime:
    """Return the moment itself if mail may leave then, else the next opening (in UTC)."""
    for opening, closing in _openings(window, moment):
        if moment < closing and opening < closing:
            return max(moment, opening)
    raise ValueError(f"{window} does not open within two weeks")


def _openings(window: Window, moment: datetime) -> Iterator[tuple[datetime, datetime]]:
    place = zone(window.timezone)
    today = moment.astimezone(place).date()
    overnight = window.end_minute <= window.start_minute
    # A window that lies wholly in an hour the clocks skip opens a week later.
    for ahead in range(-1, 15):
        day = today + timedelta(days=ahead)
        if day.isoweekday() in window.weekdays:
            end = window.end_minute + (MINUTES_A_DAY if overnight else 0)
            yield local_moment(day, window.start_minute, place), local_moment(day, end, place)


def local_moment(day: date, minute: int, place: ZoneInfo) -> datetime:
    """Return when a local clock first shows that minute of the day (1440 and more: of the next day), in UTC.

    Where the clock jumps over it, the moment of the jump.
    """
    days, minute = divmod(minute, MINUTES_A_DAY)
    wanted = datetime.combine(day + timedelta(days=days), time(minute // 60, minute % 60))
    latest = wanted.replace(tzinfo=place).astimezone(UTC)
    if latest.astimezone(place).replace(tzinfo=None) == wanted:
        return latest
    moment = wanted.replace(tzinfo=place, fold=1).astimezone(UTC)
    while moment < latest and moment.astimezone(place).replace(tzinfo=None) < wanted:
        moment += timedelta(minutes=1)
    return moment


def after_days(moment: datetime, days: float, day_seconds: float = REAL_DAY_SECONDS) -> datetime:
    """Return the moment `days` later, where a day lasts `day_seconds` (the demo's are short)."""
    return moment + timedelta(seconds=days * day_seconds)


def until_date(moment: datetime, day: date, timezone: str, day_seconds: float = REAL_DAY_SECONDS) -> datetime:
    """Return the start of that local day, never before `moment`; short days are counted from `moment` on."""
    place = zone(timezone)
    days = (day - moment.astimezone(place).date()).days
    if days <= 0:
        return moment
    if day_seconds != REAL_DAY_SECONDS:
        return after_days(moment, days, day_seconds)
    return local_moment(day, 0, place)
