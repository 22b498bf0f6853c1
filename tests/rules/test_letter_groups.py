"""Which dead letters count as failed alike."""

from datetime import UTC, datetime, timedelta

import pytest

from console.letters.groups import folded, group_of, grouped
from shared.messaging.dead_letters import Letter

NOW = datetime(2026, 1, 31, 9, tzinfo=UTC)


def letter(**given: object) -> Letter:
    """Return a letter like any other, but for what is given."""
    usual: dict[str, object] = {
        "id": "a1b2c3d4e5f6",
        "position": 1,
        "queue": "classifier.reply.received",
        "service": "classifier",
        "event_type": "reply.received",
        "event_id": None,
        "reason": "permanent",
        "exception": "PermanentError: no inbound e-mail 7",
        "line": "handlers.py:21",
        "attempts": 1,
        "first_failed_at": NOW,
        "last_failed_at": NOW,
        "replay_id": None,
        "replayed_letter_id": None,
        "body": b"{}",
    }
    return Letter(**(usual | given))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("exception", "alike"),
    [
        ("no inbound e-mail 7", "no inbound e-mail #"),
        ("no inbound e-mail 7, 19, 301", "no inbound e-mail #"),
        ("lead 'joe@a.example' is gone", "lead # is gone"),
        ('bad field "uid"', "bad field #"),
        ("event 0f8fad5b-d9cb-469f-a165-70867728950e", "event #"),
        ("psycopg2.errors.LockNotAvailable: tuple (0,7)", "psycopg2.errors.LockNotAvailable: tuple (#,#)"),
        ("can't reach 10.0.0.7:25 in 2.5 s", "can't reach # in # s"),
    ],
)
def test_what_varies_in_an_exception_does_not_split_a_group(exception: str, alike: str) -> None:
    assert folded(exception) == alike


def test_letters_are_alike_by_service_event_exception_and_line() -> None:
    assert group_of(letter()) == group_of(
        letter(id="f", position=9, attempts=6, exception="PermanentError: no inbound e-mail 8")
    )
    for other in (
        {"service": "decision"},
        {"event_type": "reply.classified"},
        {"exception": "KeyError: no inbound e-mail 7"},
        {"line": "handlers.py:22"},
    ):
        assert group_of(letter()) != group_of(letter(**other)), other


def test_letters_without_an_exception_are_told_apart_by_why_they_are_there() -> None:
    assert group_of(letter(exception="", reason="delivery_limit")) != group_of(letter(exception="", reason="unknown"))


def test_a_group_tells_its_count_and_its_times() -> None:
    hour = timedelta(hours=1)
    old = letter(first_failed_at=NOW - 2 * hour, last_failed_at=NOW - hour, attempts=6)
    unknown = letter(first_failed_at=None, last_failed_at=None)
    (group,) = grouped([letter(), old, unknown]).values()
    assert (group.count, group.attempts) == (3, 6)
    assert (group.first_failed_at, group.last_failed_at) == (NOW - 2 * hour, NOW)
