"""What is written for the wire reads exactly like what Python's own library would have written."""

from email import message_from_bytes
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, default
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.sender.composing import compose, stuffed
from services.sender.outgoing import OutgoingEmail, UnwritableError
from tests.adapters.outgoing import a_follow_up, an_email

_LINES = st.lists(st.text(st.characters(exclude_categories=("Cs", "Cc"))), min_size=1)
_HEADER = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")), min_size=1).map(str.strip).filter(bool)


def by_library(email: OutgoingEmail) -> EmailMessage:
    """Write an e-mail as the library does, the slow way."""
    message = EmailMessage(policy=SMTP.clone(cte_type="7bit"))
    message["From"] = Address(email.sender_name, addr_spec=email.sender)
    message["To"] = Address(addr_spec=email.recipient)
    message["Subject"] = email.subject
    message["Date"] = format_datetime(email.date)
    message["Message-ID"] = email.message_id
    if email.in_reply_to:
        message["In-Reply-To"] = email.in_reply_to
        message["References"] = " ".join(email.references)
    message["List-Unsubscribe"] = email.unsubscribe
    message.set_content(email.body, subtype="plain", charset="utf-8")
    return message


def read(content: bytes) -> EmailMessage:
    return message_from_bytes(content, policy=default)


def assert_same(email: OutgoingEmail) -> bytes:
    written = compose(email)
    ours, library = read(written), read(by_library(email).as_bytes())
    ignored = {"Content-Transfer-Encoding"}
    assert {name: str(ours[name]) for name in set(ours) - ignored} == {
        name: str(library[name]) for name in set(library) - ignored
    }
    assert ours.get_payload(decode=True) == library.get_payload(decode=True)
    assert not ours.defects
    lines = written.split(b"\r\n")
    assert not any(b"\n" in line or b"\r" in line for line in lines)
    assert written.isascii()
    assert max(map(len, lines)) <= max(78, *map(len, by_library(email).as_bytes().split(b"\r\n")))
    return written


@given(name=_HEADER, subject=_HEADER)
def test_any_name_and_subject_reads_as_the_library_writes_it(name: str, subject: str) -> None:
    assert_same(an_email(sender_name=name, subject=subject))


@given(lines=_LINES, end=st.sampled_from(["\n", "\r\n", ""]))
def test_any_text_reads_as_the_library_writes_it(lines: list[str], end: str) -> None:
    assert_same(an_email(body=(end or "\n").join(lines) + end or "an empty one is never rendered"))


@pytest.mark.parametrize(
    ("body", "encoding"),
    [
        ("Hi Ann,\n\n.a dot\n..two\n", "7bit"),
        ("no line end", "7bit"),
        ("\n\n", "7bit"),
        ("a\rb\r\nc\nd", "7bit"),
        ("x" * 78, "7bit"),
        ("x" * 79, "quoted-printable"),
        ("Grüße aus Köln, where nobody minds if a line ends with a blank \n.\n=\n", "quoted-printable"),
        ("tab\t\nspace \nFrom me\n" + "ü" * 20 + "x" * 500, "quoted-printable"),
        ("Привет, как дела?\n" * 5, "base64"),
        ("日本語" * 100, "base64"),
    ],
)
def test_a_text_is_encoded_only_as_far_as_it_must_be(body: str, encoding: str) -> None:
    written = assert_same(an_email(body=body))
    assert read(written)["Content-Transfer-Encoding"] == encoding


@pytest.mark.parametrize(
    "change",
    [
        {"sender_name": ""},
        {"sender_name": 'Dr. "Sally" Sender, PhD'},
        {"sender_name": "Sälly Sender"},
        {"sender_name": "Sally " * 30},
        {"subject": "Käse? " * 40},
        {"subject": "x" * 300},
        {"subject": "word " * 60},
        {"subject": "=?utf-8?q?sly?="},
        {"subject": "two  spaces: and a colon"},
        {"recipient": "o'brien@example.org"},
        {"recipient": '"a b"@example.org'},
        {"recipient": f"{'x' * 64}@{'long-' * 10}.example.org"},
        {"sender": f"sender@{'long-' * 11}.example.com"},
        {"body": "ü"},
    ],
)
def test_what_is_unusual_reads_as_the_library_writes_it(change: dict[str, object]) -> None:
    assert_same(an_email(**change))


def test_a_follow_up_reads_as_the_library_writes_it() -> None:
    assert_same(a_follow_up())


def test_a_domain_of_other_letters_is_written_in_ascii() -> None:
    assert b"To: ann@xn--exmple-cua.org\r\n" in compose(an_email(recipient="ann@exämple.org"))


@pytest.mark.parametrize(
    "change",
    [
        {"subject": "one\r\nBcc: x@y.example"},
        {"sender_name": "a\nb"},
        {"recipient": "nobody"},
        {"recipient": "ann@example.org\n"},
        {"recipient": "ann@example.org>\r\nDATA"},
        {"recipient": "ann@.org"},
        {"sender": "jörg@example.org"},
        {"body": "\ud800"},
        {"message_id": "<ü@example.org>"},
    ],
)
def test_what_is_no_e_mail_is_not_written(change: dict[str, object]) -> None:
    with pytest.raises(UnwritableError):
        compose(an_email(**change))


def test_dots_at_the_beginning_of_lines_are_doubled_and_one_ends_the_e_mail() -> None:
    assert stuffed(b"A: b\r\n\r\n.one\r\n..two\r\nthr.ee\r\n") == b"A: b\r\n\r\n..one\r\n...two\r\nthr.ee\r\n.\r\n"
