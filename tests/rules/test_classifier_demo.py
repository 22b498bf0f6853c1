"""Every letter of the pretend internet is understood as its author meant it."""

from datetime import UTC, datetime, timedelta

import pytest

from demo.characters import CHARACTERS
from demo.mail import Answer, Mail, read_mail
from demo.people import Person, person_at
from services.classifier.rules import Incoming, Understanding, classify
from shared.mail.parsing import parse_email

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
PITCH = (
    b"From: Alex Morgan <alex@cam.test>\r\nTo: x@y.example\r\nSubject: Your mornings\r\n"
    b"Message-ID: <1@cam.test>\r\n\r\n"
    b"Hi,\r\n\r\nare you interested in a short call?\r\nNot interested? To unsubscribe, answer STOP.\r\n"
)


def mail() -> Mail:
    return read_mail(PITCH, mail_from="alex@cam.test", recipient="x@y.example", begun_at=NOON, accepted_at=NOON)


def understood(answer: Answer) -> Understanding:
    parsed = parse_email(answer.write(NOON))
    return classify(
        Incoming(parsed.subject, parsed.from_address, parsed.headers, parsed.text, parsed.report, NOON.date())
    )


def answers(character: str) -> list[tuple[Person, Answer]]:
    people = [person_at(f"jane.doe@{character}-{number}.example") for number in range(60)]
    return [
        (person, answer)
        for person in people
        if person
        for step in (1, 2, 3)
        for answer in CHARACTERS[character].answers(person, mail(), step)
    ]


@pytest.mark.parametrize("character", sorted(set(CHARACTERS) - {"malformed", "silent", "refused"}))
def test_a_characters_letters_mean_what_they_say(character: str) -> None:
    found = [(understood(answer), answer) for _, answer in answers(character)]
    assert found
    wrong = [(what, answer.expected) for what, answer in found if what.classification != answer.expected]
    assert wrong == []


def test_the_day_of_return_is_the_one_that_was_written() -> None:
    for _, answer in answers("away"):
        if answer.quiet_days is not None:
            assert understood(answer).facts.return_date == (NOON + timedelta(days=answer.quiet_days)).date()


def test_who_left_has_left_and_who_never_existed_is_a_dead_address() -> None:
    assert {understood(answer).facts.left_company for _, answer in answers("left")} == {True}
    assert {understood(answer).facts.bounce_kind for _, answer in answers("unknown")} == {"HARD"}


def test_a_letter_that_is_broken_beyond_reading_is_left_to_a_human() -> None:
    assert {understood(answer).classification for _, answer in answers("malformed")} == {"NEUTRAL"}
