"""`cam classify`: one line of JSON for each e-mail, whatever the others are."""

import json
import os
import sys
from collections.abc import Callable
from io import BytesIO, TextIOWrapper
from pathlib import Path

import pytest

from console.main import run
from tests.handlers.console.conftest import Ran

KEYS = ["classification", "confidence", "reason", "reply_text", "facts"]
YES = b"From: Jo <jo@a.example>\r\nSubject: Re: hello\r\n\r\nYes, please call me.\r\n"
AWAY = b"From: jo@a.example\r\nSubject: Automatic reply\r\nAuto-Submitted: auto-replied\r\n\r\nBack on 2026-03-09.\r\n"
Classify = Callable[..., Ran]


@pytest.fixture
def classify(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Callable[..., Ran]:
    """Type `cam classify` where there is no database, no broker and no setting."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith(("DATABASE_URL", "AICMO_"))]:
        monkeypatch.delenv(name)

    def typed(*words: object, given: bytes = b"") -> Ran:
        monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO(given)))
        capsys.readouterr()
        status = run(["classify", *map(str, words)])
        printed = capsys.readouterr()
        return Ran(status, printed.out, printed.err)

    return typed


def answers(ran: Ran) -> list[dict[str, object]]:
    return [json.loads(line) for line in ran.out.splitlines()]


def lines(*objects: object) -> bytes:
    return b"".join(json.dumps(one).encode() + b"\n" for one in objects)


def test_an_email_file_is_answered_with_exactly_these_keys(classify: Classify, tmp_path: Path) -> None:
    (tmp_path / "yes.eml").write_bytes(YES)
    ran = classify("yes.eml")
    (answer,) = answers(ran)
    assert (ran.status, ran.err) == (0, "")
    assert list(answer) == ["path", *KEYS]
    assert (answer["path"], answer["classification"], answer["facts"]) == (
        "yes.eml",
        "POSITIVE",
        {"language": "en", "wants_meeting": True},
    )
    assert answer["reply_text"] == "Yes, please call me."
    assert '"yes' in str(answer["reason"])


def test_a_folder_is_read_with_the_folders_in_it_in_the_order_of_names(classify: Classify, tmp_path: Path) -> None:
    for name in ("b/2.eml", "b/10.EML", "a.eml", "c/d/e.eml"):
        (tmp_path / "box" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "box" / name).write_bytes(YES)
    (tmp_path / "box" / "notes.txt").write_text("no e-mail", encoding="utf-8")
    (tmp_path / "box" / "c" / "again").symlink_to(tmp_path / "box")
    paths = [answer["path"] for answer in answers(classify("box"))]
    assert paths == ["box/a.eml", "box/b/10.EML", "box/b/2.eml", "box/c/d/e.eml"]


def test_lines_are_answered_in_their_order_under_their_ids(classify: Classify) -> None:
    given = lines(
        {"id": 7, "subject": "Re: hello", "text": "No thank you."},
        {"id": "x", "text": "Please unsubscribe me"},
        {"id": {"a": [1]}, "raw": AWAY.decode("latin-1")},
        {"text": "Sounds good, call me on Tuesday"},
    )
    found = answers(classify(given=given))
    assert [answer["id"] for answer in found] == [7, "x", {"a": [1]}, None]
    assert [answer["classification"] for answer in found] == ["NEGATIVE", "UNSUB", "OOO", "POSITIVE"]
    assert all(list(answer) == ["id", *KEYS] for answer in found)
    assert found[2]["facts"] == {"return_date": "2026-03-09"}


def test_raw_is_bytes_as_latin_1(classify: Classify) -> None:
    raw = b"Subject: Re: x\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + "Grüße, kein Interesse".encode()
    (answer,) = answers(classify(given=lines({"id": 1, "raw": raw.decode("latin-1")})))
    assert (answer["classification"], answer["reply_text"]) == ("NEGATIVE", "Grüße, kein Interesse")


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto-Submitted": "auto-replied"},
        {"AUTO-SUBMITTED": "auto-replied"},
        {"auto-submitted": ["auto-replied", "no"]},
        {" Auto-Submitted ": "auto-replied", "X-Odd": {"a": 1}, "Received": None, "X-Number": 7, "X-None": []},
    ],
)
def test_header_names_may_be_of_any_case_and_values_lists(classify: Classify, headers: object) -> None:
    (answer,) = answers(classify(given=lines({"id": 1, "text": "Hm.", "headers": headers})))
    assert answer["classification"] == "OOO"


def test_a_line_is_understood_as_the_same_email_is_as_a_file(classify: Classify, tmp_path: Path) -> None:
    (tmp_path / "away.eml").write_bytes(
        AWAY.replace(b"Back on 2026-03-09", b"Back on Monday").replace(
            b"From", b"Date: Thu, 5 Mar 2026 09:00:00 +0000\r\nFrom"
        )
    )
    headers = {"Date": "Thu, 5 Mar 2026 09:00:00 +0000", "From": "jo@a.example", "Auto-Submitted": "auto-replied"}
    line = {"id": 1, "subject": "Automatic reply", "text": "Back on Monday.", "headers": headers}
    of_file, of_line = (answers(ran)[0] for ran in (classify("away.eml"), classify(given=lines(line))))
    assert {key: of_file[key] for key in KEYS} == {key: of_line[key] for key in KEYS}
    assert of_line["facts"] == {"return_date": "2026-03-09"}


BAD_LINES = [
    (b"not json", "not JSON"),
    (b'{"id": 1, "text": "x"', "not JSON"),
    (b'{"id": 1, "text": "\xff\xfe"}', "not UTF-8"),
    (b"[1, 2]", "not a JSON object"),
    (b'"text"', "not a JSON object"),
    (b'{"id": NaN, "text": "x"}', "NaN is no JSON"),
    (b"[" * 100_000, "not JSON"),
    (b"9" * 5_000, "not JSON"),
]
BAD_OBJECTS: list[tuple[dict[str, object], str]] = [
    ({"id": 1}, 'neither "text" nor "raw"'),
    ({"id": 1, "text": 7}, '"text" is not a string'),
    ({"id": 1, "subject": [], "text": "x"}, '"subject" is not a string'),
    ({"id": 1, "text": "x", "headers": ["a"]}, '"headers" is not an object'),
    ({"id": 1, "raw": 7}, '"raw" is not a string'),
    ({"id": 1, "raw": ""}, "empty"),
    ({"id": 1, "raw": "From: a\n\n\u20ac"}, '"raw" is not Latin-1'),
    ({"id": 1, "raw": "no header"}, "no header field"),
]


@pytest.mark.parametrize(("line", "told"), BAD_LINES)
def test_a_line_that_is_no_object_gets_an_error_and_the_rest_go_on(classify: Classify, line: bytes, told: str) -> None:
    ran = classify(given=lines({"id": 1, "text": "Yes please"}) + line + b"\n" + lines({"id": 2, "text": "No thanks"}))
    first, bad, last = answers(ran)
    assert (first["id"], last["id"], ran.status) == (1, 2, 0)
    assert list(bad) == ["id", "error"]
    assert str(bad["error"]).startswith("line 2: ")
    assert told in str(bad["error"])
    assert ran.err == "1 e-mail of 3 could not be read\n"


@pytest.mark.parametrize(("found", "told"), BAD_OBJECTS)
def test_an_object_that_is_no_email_gets_an_error_under_its_id(
    classify: Classify, found: dict[str, object], told: str
) -> None:
    (bad,) = answers(classify(given=lines(found)))
    assert (list(bad), bad["id"]) == (["id", "error"], 1)
    assert told in str(bad["error"])


@pytest.mark.parametrize(
    "text", ["", "\0", "\ud83d lone", "\u202e\ufeff😀", "> quoted\n> only", "a" * 200_000, "On " * 50_000]
)
def test_odd_text_is_answered_and_the_answer_is_plain_ascii(classify: Classify, text: str) -> None:
    ran = classify(given=lines({"id": text[:10], "text": text}))
    (answer,) = answers(ran)
    assert list(answer) == ["id", *KEYS]
    assert ran.out.isascii()
    assert ("\0" in str(answer["reply_text"])) is False


@pytest.mark.parametrize("text", ["Yes.", "> all\n> of it", "-- \nJo", "On Monday Jo wrote:\n> x"])
def test_the_own_text_of_an_email_with_text_is_never_empty(classify: Classify, text: str) -> None:
    for headers in ({}, {"Auto-Submitted": "auto-replied"}, {"X-Failed-Recipients": "a@b.example"}):
        (answer,) = answers(classify(given=lines({"id": 1, "text": text, "headers": headers})))
        assert str(answer["reply_text"]).strip(), headers


def test_blank_lines_and_a_byte_order_mark_are_no_emails(classify: Classify) -> None:
    given = b"\xef\xbb\xbf" + lines({"id": 1, "text": "Yes please"}) + b"\n  \r\n" + lines({"id": 2, "text": "No"})
    assert [answer["id"] for answer in answers(classify(given=given))] == [1, 2]
    assert classify(given=b"") == Ran(0, "", "")


def test_a_file_that_is_no_email_gets_an_error_and_the_rest_go_on(classify: Classify, tmp_path: Path) -> None:
    (tmp_path / "1.eml").write_bytes(b"")
    (tmp_path / "2.eml").symlink_to(tmp_path / "nowhere")
    (tmp_path / "3.eml").write_bytes(YES)
    ran = classify(tmp_path)
    empty, gone, fine = answers(ran)
    assert (empty["error"], gone["error"]) == ("empty", "No such file or directory")
    assert (fine["classification"], ran.status) == ("POSITIVE", 0)


@pytest.mark.parametrize(
    ("words", "status"),
    [
        *[(["good.eml"], 0), (["bad.eml"], 1), (["good.eml", "bad.eml"], 0), (["--strict", "good.eml", "bad.eml"], 1)],
        *[(["none.eml"], 2), (["none.eml", "good.eml"], 2), (["empty"], 0), (["--strange"], 2)],
    ],
)
def test_the_status_says_whether_emails_were_read(
    classify: Classify, tmp_path: Path, words: list[str], status: int
) -> None:
    (tmp_path / "good.eml").write_bytes(YES)
    (tmp_path / "bad.eml").write_bytes(b"")
    (tmp_path / "empty").mkdir()
    ran = classify(*words)
    assert ran.status == status
    if "good.eml" in words:
        assert '"POSITIVE"' in ran.out


class Terminal(BytesIO):
    """Standard input that a person types into."""

    def isatty(self) -> bool:
        """Return that it is one."""
        return True


def test_a_person_who_names_nothing_is_told_what_to_do(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", TextIOWrapper(Terminal()))
    assert run(["classify"]) == 2
    assert "name e-mails or folders" in capsys.readouterr().err
