"""The prospects of the pretend internet are many, different, and the same for the same seed."""

import csv
import io
from collections import Counter
from datetime import UTC, datetime
from email import message_from_bytes, policy

import pytest
from email_validator import validate_email

from demo.characters import CHARACTERS
from demo.mail import Answer, Mail, read_mail
from demo.people import SHARES, csv_of, leads, person_at
from shared.events import Classification

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
RAW = (
    b"From: Alex Morgan <alex@cam.test>\r\nTo: x@y.example\r\nSubject: Your mornings\r\n"
    b"Message-ID: <1@cam.test>\r\n\r\nHello\r\nTo unsubscribe, answer.\r\n"
)
# Those whose answers do not depend on the dice in class.
MEANING = {
    "eager": {"POSITIVE"},
    "declining": {"NEGATIVE"},
    "asking": {"POSITIVE"},
    "deferring": {"NEUTRAL"},
    "referring": {"NEUTRAL"},
    "optingout": {"UNSUB"},
    "away": {"OOO", "POSITIVE"},
    "left": {"OOO"},
    "colleague": {"POSITIVE"},
    "twice": {"POSITIVE", "UNSUB"},
    "again": {"POSITIVE"},
    "html": {"POSITIVE"},
    "unknown": {"BOUNCE"},
}


def mail(raw: bytes = RAW) -> Mail:
    return read_mail(raw, mail_from="alex@cam.test", recipient="X@y.example", begun_at=NOON, accepted_at=NOON)


def all_answers(character: str, number: int) -> list[Answer]:
    person = person_at(f"jane.doe@{character}-{number}.example")
    assert person
    return [answer for step in (1, 2, 3) for answer in CHARACTERS[character].answers(person, mail(), step)]


def test_the_same_seed_gives_the_same_leads_and_another_seed_others() -> None:
    assert leads(40, 7) == leads(40, 7)
    assert leads(40, 7) != leads(40, 8)


def test_sixty_leads_hold_every_character_and_no_address_twice() -> None:
    people = leads(60, 7)
    assert {person.character for person in people} == set(SHARES)
    assert Counter(person.address for person in people).most_common(1)[0][1] == 1


def test_every_character_of_the_shares_is_played() -> None:
    assert set(SHARES) == set(CHARACTERS)


def test_a_lead_is_known_from_the_address_alone() -> None:
    assert all(person_at(person.address.upper()) == person for person in leads(60, 7))
    assert person_at("jane.doe@elsewhere.com") is None


def test_addresses_are_such_as_an_import_accepts() -> None:
    assert all(validate_email(person.address, check_deliverability=False) for person in leads(60, 7))


def test_the_leads_file_has_the_columns_of_an_import() -> None:
    rows = list(csv.DictReader(io.StringIO(csv_of(leads(3, 7)))))
    assert [set(row) for row in rows] == [{"email", "first_name", "last_name", "company"}] * 3


@pytest.mark.parametrize(("character", "meaning"), MEANING.items())
def test_a_character_means_what_it_says(character: str, meaning: set[str]) -> None:
    assert {answer.expected for answer in all_answers(character, 7)} == {Classification(name) for name in meaning}


@pytest.mark.parametrize("character", sorted(set(SHARES) - {"malformed", "silent", "refused"}))
def test_an_answer_is_a_well_formed_e_mail_in_the_thread(character: str) -> None:
    for number in range(100, 130):
        for answer in all_answers(character, number):
            raw = answer.write(NOON)
            message = message_from_bytes(raw, policy=policy.default)
            assert message["Message-ID"] == answer.message_id
            assert not any(part.defects for part in message.walk())
            assert b"<1@cam.test>" in raw or answer.expected is Classification.OOO


def test_an_absence_names_a_day_that_lies_ahead_and_says_for_how_long_to_keep_quiet() -> None:
    person = person_at("jane.doe@away-1.example")
    assert person
    [answer] = CHARACTERS["away"].answers(person, mail(), 1)
    assert answer.quiet_days in {2, 3, 4}
    body = message_from_bytes(answer.write(NOON), policy=policy.default).get_content()
    assert f"{23 + int(answer.quiet_days or 0)}" in body


def test_an_e_mail_that_says_nothing_of_itself_can_be_read() -> None:
    empty = mail(b"")
    assert (empty.message_id, empty.reply_to, empty.text) == ("", "", "")
