"""Two parsers, one reading: what the fast one is sure of, the standard library's finds as well."""

import random
from collections.abc import Sequence
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation.mutations import mutated
from shared.mail import fast_parts, stdlib_parts
from shared.mail.parsing import ParsedEmail, UnparsableError, parse_email, parsed, without_envelope
from tests.handlers.inbox.letters import bounce, letter

MESSAGES = Path(__file__).resolve().parents[3] / "shared" / "data" / "mail" / "messages"
corpus = pytest.mark.skipif(not MESSAGES.is_dir(), reason=f"no folder {MESSAGES}")

WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=40)
BODIES = st.lists(st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=90), max_size=12)
ENCODINGS = st.sampled_from(["base64", "quoted-printable", "8bit"])


def both(raw: bytes) -> tuple[ParsedEmail, ParsedEmail] | None:
    """Return what each parser makes of an e-mail; None if the fast one is not sure."""
    raw = without_envelope(raw)
    fast = fast_parts.read(raw)
    return (levelled(parsed(fast)), levelled(parsed(stdlib_parts.read(raw)))) if fast else None


def levelled(mail: ParsedEmail) -> ParsedEmail:
    """Return an e-mail whose text ends each line, and itself, without blanks."""
    return replace(mail, text="\n".join(line.rstrip() for line in mail.text.split("\n")).strip())


@st.composite
def mails(draw: st.DrawFn) -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = f'"{draw(st.sampled_from(["Jane Doe", "Jürgen", "O, Neil"]))}" <jane@acme.example>'
    mail["Subject"] = draw(WORDS)
    mail["Message-ID"] = "<1@acme.example>"
    text, html = ("\n".join(lines) + "\n" for lines in (draw(BODIES), draw(BODIES)))
    encoding = draw(ENCODINGS)
    mail.set_content(text, cte=encoding)
    if draw(st.booleans()):
        mail.add_alternative(f"<p>{html}</p>", subtype="html", cte=encoding)
    for number in range(draw(st.integers(0, 2))):
        mail.add_attachment(b"\x00\xffbytes" * number, "application", "pdf", filename=f"{number}.pdf")
    if draw(st.booleans()):
        mail.add_attachment(letter("> quoted\nours"))
    return mail


@settings(max_examples=150, deadline=None)
@given(mails(), st.sampled_from([b"\n", b"\r\n"]))
def test_well_made_mail_is_read_fast_and_alike(mail: EmailMessage, end: bytes) -> None:
    raw = mail.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", end)
    readings = both(raw)
    assert readings is not None
    assert readings[0] == readings[1]


@pytest.mark.parametrize(
    "raw",
    [
        b"Subject: x\r\nno field\r\n\r\nbody",
        b"To: y\r\nSubject : x\r\n\r\nbody",
        b" continued\r\nSubject: x\r\n\r\nbody",
        b"Subject: x\r\n \r\n\r\nbody",
        b"Subject: x\rTo: y\r\n\r\nbody",
        b"Content-Type: multipart/mixed\r\n\r\nbody",
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\nno part",
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nodd line\r\n\r\nx\r\n--b--",
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nx\r\n--bc\r\ny\r\n--b--",
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nx\r\n--b--\r\n--b\r\n\r\ny",
        b"Content-Type: text/plain; charset*=utf-8''x\r\n\r\nbody",
        b"Content-Type: text\r\n\r\nbody",
        b"Content-Type: text/plain\r\nContent-Type: text/html\r\n\r\nbody",
        b"Content-Transfer-Encoding: x-uuencode\r\n\r\nbody",
        b"Content-Transfer-Encoding: base64\r\n\r\n!!!",
        b"Content-Transfer-Encoding: quoted-printable\r\n\r\nna\xefve",
    ],
)
def test_what_can_be_read_in_two_ways_is_left_to_the_thorough_parser(raw: bytes) -> None:
    assert fast_parts.read(raw) is None
    assert parse_email(raw)


@pytest.mark.parametrize(
    ("charset", "body", "text"),
    [("utf-8", "naïve =C3=BC", "naïve ü"), ("utf-7", "Gr+APw- =C3", "Gr"), ("latin-1", "na\udcefve =FC", "naïve ü")],
)
def test_a_byte_that_quoted_printable_does_not_know_is_taken_as_it_came(charset: str, body: str, text: str) -> None:
    head = (
        f"Subject: x\r\nContent-Type: text/plain; charset={charset}\r\nContent-Transfer-Encoding: quoted-printable\r\n"
    )
    raw = head.encode() + b"\r\n" + body.encode("utf-8", "surrogateescape") + b" \xc3\xa4  \r\n"
    assert parse_email(raw).text.startswith(text)


@corpus
def test_real_mail_is_read_alike_and_mostly_fast() -> None:
    mails = [path.read_bytes() for path in sorted(MESSAGES.glob("*/*"))]
    readings = [pair for pair in map(both, mails) if pair]

    assert [pair for pair in readings if pair[0] != pair[1]] == []
    assert len(readings) / len(mails) > 0.9


@corpus
def test_mutilated_mail_is_read_and_hardly_ever_differently() -> None:
    originals = [path.read_bytes() for path in sorted(MESSAGES.glob("*/*"))]
    differing = mutilated_differently([raw for raw in originals if len(raw) < 20_000], 1_000)
    assert differing <= 8


def test_mutilated_letters_and_bounces_are_read_alike() -> None:
    originals = [bounce(), letter("Yes\n> no").as_bytes(), letter("Grüße", subject="Grüße").as_bytes()]
    assert mutilated_differently(originals, 500) <= 4


def mutilated_differently(originals: Sequence[bytes], count: int) -> int:
    """Return how many of so many mutilated e-mails are read differently; each must be readable or refused."""
    chance = random.Random(20260302)
    differing = 0
    for _ in range(count):
        raw = mutated(chance, chance.choice(originals))
        try:
            parse_email(raw)
            pair = both(raw)
        except UnparsableError:
            continue
        differing += pair is not None and pair[0] != pair[1]
    return differing
