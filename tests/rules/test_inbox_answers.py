"""What servers answer to FETCH, as imaplib hands it over."""

import pytest

from services.inbox import answers
from services.inbox.answers import Answer

BODY = b"Subject: a (long) one\r\n\r\nUID 9 RFC822.SIZE 9)\r\n"

USUAL: Answer = [
    (b"1 (UID 5 RFC822.SIZE 2345 BODY[]<0> {47}", BODY),
    b")",
    (b"2 (RFC822.SIZE 10 UID 6 BODY[]<0> {0}", b""),
    b")",
]


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(USUAL, id="as most servers write it"),
        pytest.param([*USUAL, b"7 (FLAGS (\\Seen))"], id="with a flag that somebody else has just set"),
        pytest.param([USUAL[2], b" FLAGS (\\Seen))", *USUAL[:2]], id="with flags behind the body"),
        pytest.param([*USUAL[:2], (b"2 (BODY[]<0> {0}", b""), b" UID 6 RFC822.SIZE 10)"], id="the body first"),
        pytest.param([*USUAL[:2], b'2 (UID 6 RFC822.SIZE 10 BODY[]<0> "")'], id="a short body in quotes"),
        pytest.param([*USUAL[:2], b"2 (UID 6 RFC822.SIZE 10 BODY[]<0> NIL)"], id="no body"),
        pytest.param([*USUAL[:2], b"2 (UID 6 RFC822.SIZE 10)"], id="the body left out"),
    ],
)
def test_size_and_body_of_each_email_are_read_in_whatever_form_they_come(answer: Answer) -> None:
    assert answers.emails(answer) == {5: (2345, BODY), 6: (10, b"")}


@pytest.mark.parametrize(
    "answer",
    [
        [b"1 (UID 5 RFC822.SIZE 2345)", b"2 (RFC822.SIZE 10 UID 6)"],
        [b"1 (UID 5 RFC822.SIZE 2345)", b"2 (UID 6 FLAGS (\\Seen) RFC822.SIZE 10)", b"3 (FLAGS ())"],
    ],
)
def test_sizes_are_read_in_whatever_form_they_come(answer: Answer) -> None:
    assert answers.sizes(answer) == {5: 2345, 6: 10}


def test_no_email_is_no_answer() -> None:
    assert answers.sizes([]) == {}
    assert answers.emails([]) == {}
