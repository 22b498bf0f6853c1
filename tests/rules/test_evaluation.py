"""The measure itself: figures over a small folder of sample mail, and what happens when there is none."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from evaluation import corpus, own_words
from evaluation.hostile import LARGEST_BYTES, hostile
from evaluation.scores import Judged, accuracy, by_class, macro_f1, reliability, score
from evaluation.short_replies import calibration

ROOT = Path(__file__).resolve().parents[2]
BOUNCE = b"From: MAILER-DAEMON@x.example\nSubject: Undelivered Mail Returned to Sender\n\n550 5.1.1 user unknown\n"


def judged(*pairs: str, confidence: float = 0.9) -> list[Judged]:
    return [Judged(expected, found, confidence) for expected, found in (pair.split(">") for pair in pairs)]


def test_precision_and_recall_count_what_was_called_and_what_was_meant() -> None:
    found = score(judged("OOO>OOO", "OOO>NEUTRAL", "OOO>NEUTRAL", "UNSUB>OOO"), "OOO")
    assert (found.count, found.precision, found.recall) == (3, 0.5, 1 / 3)
    assert found.f1 == pytest.approx(0.4)


def test_every_class_weighs_the_same_in_the_mean() -> None:
    many = judged(*["OOO>OOO"] * 9, "UNSUB>OOO")
    assert list(by_class(many)) == ["OOO", "UNSUB"]
    assert accuracy(many) == 0.9
    assert macro_f1(many) == pytest.approx((18 / 19 + 0) / 2)


def test_confidence_is_held_to_what_it_says() -> None:
    mixed = judged("OOO>OOO", "OOO>UNSUB", confidence=0.7) + judged("OOO>UNSUB", confidence=0.3)
    assert calibration(mixed).found == "50.0 % (66.7 % of all)"
    assert calibration(mixed).reached is False
    assert reliability(mixed) == [
        {"from": 0.0, "count": 1, "right": 0.0},
        {"from": 0.7, "count": 2, "right": 0.5},
    ]


def test_hostile_mail_is_the_same_every_time_and_no_larger_than_it_says() -> None:
    first, again = dict(hostile()), dict(hostile())
    assert len(first) > 60
    assert first == again
    assert max(map(len, first.values())) <= LARGEST_BYTES


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    """Write a folder of sample mail in the form of the real one."""
    (tmp_path / "messages").mkdir()
    (tmp_path / "messages" / "b.eml").write_bytes(BOUNCE)
    (tmp_path / "messages" / "c.eml").write_bytes(BOUNCE.replace(b"5.1.1 user unknown", b"5.2.2 mailbox full"))
    rows = "path,source,label,status,reason,hard\n"
    rows += "messages/b.eml,here,BOUNCE,5.1.1,userunknown,1\nmessages/c.eml,here,BOUNCE,5.2.2,mailboxfull,0\n"
    (tmp_path / "messages.csv").write_text(rows, encoding="utf-8")
    intents = "src,prov,label,fine,lang,subject,headers,text\nhere,test,UNSUB,optout,en,Re: x,,Please unsubscribe me.\n"
    (tmp_path / "intents.csv").write_text(intents, encoding="utf-8")
    quote = {"id": "q", "text": "Yes.\n\nOn Monday, Ada wrote:\n> Hello", "reply": "Yes."}
    (tmp_path / "quotes.jsonl").write_text(json.dumps(quote) + "\n", encoding="utf-8")
    return tmp_path


def measured(folder: Path, *options: str) -> "subprocess.CompletedProcess[str]":
    output = str(folder / "results.json")
    command = [sys.executable, "-m", "evaluation", "--mail", str(folder), "--fast", "--output", output, *options]
    return subprocess.run(command, cwd=ROOT, env=os.environ, capture_output=True, text=True, check=False)


def test_figures_are_printed_as_json_or_tables_with_status_0(sample: Path) -> None:
    ran = measured(sample, "--json")
    assert ran.returncode == 0, ran.stderr
    found = json.loads(ran.stdout)
    assert found == json.loads((sample / "results.json").read_text(encoding="utf-8"))
    by_name = {one["what"]: one for one in found["figures"]}
    assert by_name["BOUNCE, recall on 2"]["reached"] is True
    assert by_name["hard or soft as labelled, of 2"]["found"] == "100.0 % (2)"
    assert by_name["own text, exact of 1"] | {"reached": None} == {
        "what": "own text, exact of 1",
        "asked": ">= 54",
        "found": "1",
        "reached": None,
    }
    assert found["replies"]["classes"]["UNSUB"] == {"count": 1, "precision": 1.0, "recall": 1.0, "f1": 1.0}
    assert "falls short" in measured(sample).stdout


def test_without_sample_mail_it_says_why_it_is_skipped(tmp_path: Path) -> None:
    ran = measured(tmp_path)
    assert (ran.returncode, ran.stdout) == (0, "")
    assert "skipped: no sample mail" in ran.stderr
    assert "messages.csv, intents.csv, quotes.jsonl" in ran.stderr


def test_return_dates_are_read_where_they_say_enough_and_only_there() -> None:
    assert [figure for figure in own_words.measure_dates().figures if not figure.reached] == []


@pytest.mark.skipif(bool(corpus.missing()), reason=corpus.missing())
def test_the_sample_mail_is_read_whole() -> None:
    assert (len(corpus.messages()), len(corpus.replies()), len(corpus.quotes())) == (981, 398, 62)
