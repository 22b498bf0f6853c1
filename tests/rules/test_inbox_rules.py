"""Whose reply an e-mail is, and what is read next."""

import pytest

from services.inbox.rules import (
    Contact,
    Cursor,
    Match,
    MatchedBy,
    Unwanted,
    addresses,
    back_off,
    batches,
    folders_to_watch,
    is_about_the_password,
    judge,
    new_uids,
    uid_set,
)
from shared.mail.parsing import parse_email
from tests.handlers.inbox.letters import OURS, bounce, letter

JANE = Contact(1, 1, 1, "jane@acme.example")
JOHN = Contact(2, 2, 1, "john@acme.example")
OWN = "sales@cam.test"
US = {OWN}


def test_the_thread_counts_before_the_address() -> None:
    mail = parse_email(letter(sender="john@acme.example").as_bytes())

    assert judge(mail, US, {OURS: JANE}, {"john@acme.example": JOHN}) == Match(JANE, MatchedBy.THREAD)


def test_the_nearest_e_mail_of_a_thread_is_the_one_that_was_answered() -> None:
    mail = letter(answers=None)
    mail["References"] = "<first@cam.test> <second@cam.test> <theirs@acme.example>"

    verdict = judge(parse_email(mail.as_bytes()), US, {"<first@cam.test>": JANE, "<second@cam.test>": JOHN}, {})

    assert verdict == Match(JOHN, MatchedBy.THREAD)


def test_a_bounce_belongs_to_the_lead_whose_mail_it_returns() -> None:
    assert judge(parse_email(bounce()), US, {OURS: JANE}, {}) == Match(JANE, MatchedBy.BOUNCE)


def test_a_bounce_that_returns_nothing_belongs_to_the_address_it_names() -> None:
    mail = parse_email(bounce(returned_id=None))

    assert judge(mail, US, {}, {"jane@acme.example": JANE}) == Match(JANE, MatchedBy.ADDRESS)


def test_a_bounce_written_in_our_own_name_is_still_a_bounce() -> None:
    mail = parse_email(bounce().replace(b"MAILER-DAEMON@mx.example", OWN.encode()))

    assert judge(mail, US, {OURS: JANE}, {}) == Match(JANE, MatchedBy.BOUNCE)


def test_a_person_who_names_a_lead_in_the_text_is_not_that_lead() -> None:
    mail = parse_email(letter("Ask john@acme.example", answers=None).as_bytes())

    assert addresses(mail) == ["jane@acme.example"]


def test_a_copy_of_our_own_e_mail_is_no_reply() -> None:
    mail = parse_email(letter(sender=f"Sales <{OWN}>", answers=None, message_id=OURS).as_bytes())

    assert judge(mail, US, {OURS: JANE}, {}) is Unwanted.OWN


def test_what_we_write_in_a_thread_by_hand_is_no_reply() -> None:
    mail = parse_email(letter(sender="Sales <SALES@cam.test>").as_bytes())

    assert judge(mail, US, {OURS: JANE}, {}) is Unwanted.OWN


def test_somebody_who_tries_it_on_himself_gets_his_reply() -> None:
    mine = Contact(3, 3, 1, OWN)

    assert judge(parse_email(letter(sender=OWN).as_bytes()), US, {OURS: mine}, {}) == Match(mine, MatchedBy.THREAD)


def test_a_read_receipt_is_no_reply() -> None:
    raw = (
        letter()
        .as_bytes()
        .replace(
            b'Content-Type: text/plain; charset="utf-8"',
            b"Content-Type: multipart/report; report-type=disposition-notification; boundary=b",
        )
    )

    assert judge(parse_email(raw), US, {OURS: JANE}, {"jane@acme.example": JANE}) is Unwanted.RECEIPT


def test_a_stranger_is_unmatched() -> None:
    assert judge(parse_email(letter(answers=None).as_bytes()), US, {}, {}) is Unwanted.UNMATCHED


@pytest.mark.parametrize(
    ("found", "last", "new"), [([5], 5, []), ([3], 5, []), ([7, 6, 6], 5, [6, 7]), ([], 5, []), ([1], 0, [1])]
)
def test_only_uids_behind_the_cursor_are_new(found: list[int], last: int, new: list[int]) -> None:
    assert new_uids(found, Cursor(7, last)) == new


NOTHING: frozenset[str] = frozenset()


@pytest.mark.parametrize(
    ("configured", "listed", "watched"),
    [
        (["INBOX"], [("INBOX", NOTHING), ("Trash", NOTHING)], ["INBOX"]),
        (["INBOX"], [("INBOX", NOTHING), ("Werbung", frozenset({"\\junk"}))], ["INBOX", "Werbung"]),
        (["INBOX"], [("INBOX", NOTHING), ("Junk E-mail", NOTHING)], ["INBOX", "Junk E-mail"]),
        (["INBOX", "Gone", "Team"], [("INBOX", NOTHING), ("Team", NOTHING)], ["INBOX", "Team"]),
        (["INBOX", "Spam"], [("INBOX", NOTHING), ("Spam", frozenset({"\\junk"}))], ["INBOX", "Spam"]),
        (["INBOX", "x" * 101], [("INBOX", NOTHING), ("x" * 101, NOTHING)], ["INBOX"]),
        ([], [], ["INBOX"]),
    ],
)
def test_the_configured_folders_and_the_one_for_junk_are_watched(
    configured: list[str], listed: list[tuple[str, frozenset[str]]], watched: list[str]
) -> None:
    assert folders_to_watch(configured, listed) == watched


def test_batches_fit_into_memory_and_keep_the_order() -> None:
    sizes = {3: 10, 1: 90, 2: 20, 4: 5_000}

    assert list(batches(sizes, cap=100, max_bytes=110, max_count=9)) == [[1, 2], [3, 4]]
    assert list(batches(sizes, cap=100, max_bytes=9_999, max_count=3)) == [[1, 2, 3], [4]]


@pytest.mark.parametrize(
    ("uids", "written"), [([], ""), ([7], "7"), ([1, 2, 3, 5, 8, 9], "1:3,5,8:9"), ([3, 10], "3,10")]
)
def test_runs_of_uids_are_written_as_ranges(uids: list[int], written: str) -> None:
    assert uid_set(uids) == written


@pytest.mark.parametrize(
    ("answer", "password"),
    [
        ("[AUTHENTICATIONFAILED] Invalid credentials (Failure)", True),
        ("LOGIN failed.", True),
        ("[UNAVAILABLE] Temporary authentication failure.", False),
        ("[LIMIT] Too many simultaneous connections", False),
    ],
)
def test_a_wrong_password_is_told_from_a_busy_server(answer: str, *, password: bool) -> None:
    assert is_about_the_password(answer) is password


def test_waiting_grows_to_what_it_may_be_at_most() -> None:
    assert [back_off(failures, at_most=60) for failures in (1, 2, 3, 7, 50)] == [1, 2, 4, 60, 60]
    assert [back_off(failures, at_most=5) for failures in (1, 2, 3, 4, 50)] == [1, 2, 4, 5, 5]
