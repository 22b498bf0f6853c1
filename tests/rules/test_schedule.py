"""Sending windows in local time, and waits in days."""

from datetime import UTC, date, datetime, timedelta

import pytest

from shared.schedule import Window, after_days, is_open, known_zone, opens, until_date

OFFICE = {"start_minute": 9 * 60, "end_minute": 17 * 60, "weekdays": frozenset({1, 2, 3, 4, 5})}


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "expected", "why"),
    [
        ("2026-03-02 10:00", "2026-03-02 10:00", "an open window lets mail leave at once"),
        ("2026-03-02 07:59", "2026-03-02 08:00", "nine o'clock in Berlin is eight in UTC in winter"),
        ("2026-03-02 16:00", "2026-03-03 08:00", "five o'clock is too late, to the minute"),
        ("2026-03-06 16:30", "2026-03-09 08:00", "Friday evening waits for Monday"),
        ("2026-03-27 17:00", "2026-03-30 07:00", "over that weekend the clocks go forward"),
        ("2026-10-23 17:00", "2026-10-26 08:00", "over that weekend the clocks go back"),
    ],
)
def test_mail_waits_for_the_next_opening_in_local_time(now: str, expected: str, why: str) -> None:
    assert opens(Window("Europe/Berlin", **OFFICE), moment(now)) == moment(expected), why  # type: ignore[arg-type] # mixed kwargs


def test_a_window_that_begins_in_the_skipped_hour_opens_when_the_clock_jumps() -> None:
    early = Window("Europe/Berlin", 2 * 60 + 30, 5 * 60)
    assert opens(early, moment("2026-03-29 00:10")) == moment("2026-03-29 01:00")


def test_a_window_wholly_inside_the_skipped_hour_opens_the_day_after() -> None:
    tiny = Window("Europe/Berlin", 2 * 60 + 10, 2 * 60 + 50)
    assert opens(tiny, moment("2026-03-29 00:00")) == moment("2026-03-30 00:10")


def test_a_window_in_the_repeated_hour_opens_once() -> None:
    window = Window("Europe/Berlin", 2 * 60, 3 * 60)
    assert opens(window, moment("2026-10-25 00:00")) == moment("2026-10-25 00:00")
    assert is_open(window, moment("2026-10-25 01:30"))
    assert opens(window, moment("2026-10-25 02:00")) == moment("2026-10-26 01:00")


def test_a_window_over_midnight_belongs_to_the_day_it_begins_on() -> None:
    night = Window("UTC", 22 * 60, 2 * 60, frozenset({5}))
    assert is_open(night, moment("2026-03-07 01:00"))
    assert opens(night, moment("2026-03-07 02:00")) == moment("2026-03-13 22:00")


def test_the_window_of_all_days_is_always_open() -> None:
    now = moment("2026-03-08 23:59")
    assert opens(Window("Asia/Kolkata"), now) == now


@pytest.mark.parametrize("hours", range(0, 24 * 9, 7))
def test_an_opening_is_open_and_not_in_the_past(hours: int) -> None:
    window = Window("America/Sao_Paulo", **OFFICE)  # type: ignore[arg-type] # mixed kwargs
    now = moment("2026-02-27 00:13") + timedelta(hours=hours)
    opening = opens(window, now)
    assert opening >= now
    assert is_open(window, opening)


@pytest.mark.parametrize(
    "broken",
    [
        {"timezone": "Mars/Olympus"},
        {"timezone": "../etc/passwd"},
        {"start_minute": 1440},
        {"end_minute": 1441},
        {"weekdays": frozenset()},
        {"weekdays": frozenset({0})},
    ],
)
def test_a_window_that_makes_no_sense_is_refused(broken: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"zone|minute|weekdays"):
        Window(**({"timezone": "UTC"} | broken))  # type: ignore[arg-type] # wrong on purpose


def test_the_first_known_time_zone_is_taken() -> None:
    assert known_zone(None, "Mars/Olympus", "Europe/Paris", "UTC") == "Europe/Paris"
    assert known_zone("Mars/Olympus") == "UTC"


def test_days_last_as_long_as_the_settings_say() -> None:
    now = moment("2026-03-02 10:00")
    assert after_days(now, 3) == moment("2026-03-05 10:00")
    assert after_days(now, 3, day_seconds=2) == now + timedelta(seconds=6)


@pytest.mark.parametrize(
    ("day", "day_seconds", "expected"),
    [
        (date(2026, 3, 30), 86_400, "2026-03-29 22:00"),
        (date(2026, 3, 2), 86_400, "2026-03-02 10:00"),
        (date.min, 86_400, "2026-03-02 10:00"),
        (date(2026, 3, 5), 10, "2026-03-02 10:00:30"),
    ],
)
def test_a_return_day_begins_at_local_midnight(day: date, day_seconds: float, expected: str) -> None:
    assert until_date(moment("2026-03-02 10:00"), day, "Europe/Berlin", day_seconds) == moment(expected)
