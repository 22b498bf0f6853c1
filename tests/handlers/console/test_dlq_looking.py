"""`cam dlq list, group, show, export`: what people and programs read of dead letters."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, insert, select

from shared.clock import utc_now
from shared.events import ReplyClassified
from shared.messaging.topology import Subscription, depths
from shared.tables import dead_letters
from tests.handlers.console.conftest import Cam
from tests.messaging.letters import letters, put_away, replies

DECISION = Subscription("decision", ReplyClassified)
OLD = "2026-01-01T00:00:00+00:00"


@pytest.fixture
def mixed(broker_url: str) -> str:
    """Lay six letters of three groups into two queues; return the broker's URL."""
    put_away(broker_url, replies(range(1, 4)))
    put_away(broker_url, replies([4]), exception="KeyError: 'x'", reason="attempts_exhausted", attempt=6, failed_at=OLD)
    put_away(broker_url, [b"not even JSON", b'{"specversion": "1.0"}'], DECISION, reason="schema_invalid")
    return broker_url


def test_the_list_tells_each_letters_service_event_exception_line_attempts_and_times(cam: Cam, mixed: str) -> None:
    found = cam("dlq", "list", "--json").rows
    assert [row["position"] for row in found] == [1, 2, 3, 4, 1, 2]
    assert {row["queue"] for row in found} == {"classifier.reply.received.dlq", "decision.reply.classified.dlq"}
    exhausted = found[3]
    assert (exhausted["service"], exhausted["event"], exhausted["attempts"]) == ("classifier", "reply.received", 6)
    assert (exhausted["exception"], exhausted["line"]) == ("KeyError: 'x'", "handlers.py:21")
    assert exhausted["last_failed_at"] == OLD
    assert exhausted["id"] == letters(mixed)[3].id
    shown = cam("dlq", "list").out
    assert "dead letters: 6 of 6" in shown
    assert f"cam dlq show {found[0]['id']}" in shown


def test_a_long_list_says_how_many_there_are(cam: Cam, mixed: str) -> None:
    assert "dead letters: 2 of 6" in cam("dlq", "list", "--limit", "2").out
    assert depths(mixed)["classifier.reply.received.dlq"] == 4


@pytest.mark.usefixtures("mixed")
@pytest.mark.parametrize(
    ("words", "count"),
    [
        (("--service", "classifier"), 4),
        (("--event", "reply.classified"), 2),
        (("--exception", "keyerror"), 1),
        (("--why", "schema_invalid"), 2),
        (("--since", "1h"), 5),
        (("--until", "2026-06-01"), 1),
        (("--service", "alerter"), 0),
    ],
)
def test_the_list_is_narrowed_by_what_is_asked_for(cam: Cam, words: tuple[str, ...], count: int) -> None:
    assert len(cam("dlq", "list", *words, "--json").rows) == count


@pytest.mark.usefixtures("mixed")
def test_groups_are_shown_largest_first_with_what_to_do_next(cam: Cam) -> None:
    found = cam("dlq", "group", "--json").rows
    assert [row["count"] for row in found] == [3, 2, 1]
    assert found[0]["exception"] == "PermanentError: no such e-mail"
    shown = cam("dlq", "group").out
    assert "6 dead letters in 3 groups" in shown
    assert f"cam dlq replay --group {found[0]['id']} --dry-run" in shown
    assert len(cam("dlq", "list", "--group", found[1]["id"], "--json").rows) == 2


def test_one_letter_is_shown_with_its_event_by_its_id_or_its_events(cam: Cam, mixed: str) -> None:
    letter = letters(mixed)[0]
    for identity in (letter.id, letter.id[:6], letter.event_id):
        (found,) = cam("dlq", "show", identity, "--json").rows
        assert found["body"] == json.loads(letter.body)
        assert found["breaks_contract"] is None
    shown = cam("dlq", "show", letter.id).out
    assert '"inbound_email_id": 1,' in shown
    assert f"cam dlq replay {letter.id}" in shown


def test_a_letter_that_breaks_its_contract_is_shown_as_it_is_without_control_characters(
    cam: Cam, broker_url: str
) -> None:
    put_away(broker_url, [b"\x1b[31mred\xff"], reason="schema_invalid")
    (letter,) = letters(broker_url)
    (found,) = cam("dlq", "show", letter.id, "--json").rows
    assert str(found["breaks_contract"]).startswith("body: ")
    shown = cam("dlq", "show", letter.id).out
    assert "[31mred\\xff" in shown
    assert "\x1b" not in shown
    assert f"cam dlq edit {letter.id}" in shown


@pytest.mark.parametrize("body", [b"[" * 60_000, b'{"id": "\\ud800"}', b"\xff\xfe", b"9" * 6000, b""])
def test_whatever_a_stranger_left_there_can_be_listed_shown_and_exported(
    cam: Cam, broker_url: str, body: bytes
) -> None:
    put_away(broker_url, [body])
    (found,) = cam("dlq", "list", "--json").rows
    (shown,) = cam("dlq", "show", found["id"], "--json").rows
    assert shown["breaks_contract"]
    assert cam("dlq", "show", found["id"]).status == 0
    assert json.loads(cam("dlq", "export").out) == shown


def test_an_export_holds_every_letter_and_leaves_it_where_it_is(cam: Cam, mixed: str, tmp_path: Path) -> None:
    file = tmp_path / "letters.jsonl"
    done = cam("dlq", "export", "--to", file, "--json")
    assert done.data == {"file": str(file), "written": 6}
    exported = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    assert [each["id"] for each in exported] == [letter.id for letter in letters(mixed) + letters(mixed, DECISION)]
    assert exported[0]["body"]["data"]["inbound_email_id"] == 1
    assert exported[4]["body"] == "not even JSON"
    assert [json.loads(line) for line in cam("dlq", "export").out.splitlines()] == exported
    again = cam("dlq", "export", "--to", file)
    assert (again.status, again.err) == (2, f"cam: {file}: exists already\n")


def test_an_export_that_fails_leaves_no_file(cam: Cam, mixed: str, tmp_path: Path) -> None:
    del mixed
    file = tmp_path / "letters.jsonl"
    assert cam("dlq", "export", "ffffffff", "--to", file).status == 2
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("broker_url")
@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("show", "ffffffff"), "no dead letter ffffffff (cam dlq list shows them)"),
        (("show", "ff"), "'ff': give at least 4 characters of an id"),
        (("list", "--service", "nobody"), "--service: must be one of alerter, classifier, decision, not 'nobody'"),
        (("list", "--event", "x"), "--event: must be one of alert.requested, lead.timeout"),
        (("list", "--since", "yesterday"), "--since: 'yesterday' is neither a time"),
    ],
)
def test_bad_input_is_told_in_one_line_with_status_2(cam: Cam, words: tuple[str, ...], told: str) -> None:
    refused = cam("dlq", *words)
    assert refused.status == 2
    assert told in refused.err
    assert refused.err.count("\n") == 1


def test_an_id_that_may_mean_several_letters_is_refused(cam: Cam, broker_url: str) -> None:
    put_away(broker_url, replies([1]), letter="aaaa1111")
    put_away(broker_url, replies([2]), letter="aaaa2222")
    refused = cam("dlq", "show", "aaaa")
    assert (refused.status, refused.err) == (2, "cam: 'aaaa' may mean aaaa1111, aaaa2222: give more of it\n")
    assert cam("dlq", "show", "aaaa1").status == 0


def test_no_dead_letters_and_a_broker_that_is_away_are_told(
    cam: Cam, broker_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert cam("dlq", "list").out == cam("dlq", "group").out == "no dead letters\n"
    assert cam("dlq", "list", "--json").rows == []
    monkeypatch.setenv("AICMO_AMQP_URL", broker_url.replace(broker_url.rpartition("@")[2], "127.0.0.1:1/"))
    refused = cam("dlq", "list")
    assert refused.status == 1
    assert refused.err.startswith("cam: the broker does not answer (")


@pytest.mark.parametrize("look", ["list", "group"])
def test_who_looks_at_all_closes_the_rows_of_letters_that_somebody_moved(
    cam: Cam, engine: Engine, broker_url: str, look: str
) -> None:
    put_away(broker_url, replies([1]), letter="there")
    rows = [_letter_row("there"), _letter_row("moved"), _letter_row("fresh", age=timedelta(0))]
    with engine.begin() as connection:
        connection.execute(insert(dead_letters), rows)
    assert cam("dlq", look, "--service", "classifier").status == 0
    assert _open(engine) == {"there", "moved", "fresh"}
    assert cam("dlq", look).status == 0
    assert _open(engine) == {"there", "fresh"}


def _letter_row(letter: str, age: timedelta = timedelta(hours=1)) -> dict[str, object]:
    names = {"service": "classifier", "queue": "classifier.reply.received.dlq", "reason": "permanent"}
    return {**names, "letter_id": letter, "died_at": utc_now() - age}


def _open(engine: Engine) -> set[str]:
    with engine.connect() as connection:
        return set(
            connection.execute(select(dead_letters.c.letter_id).where(dead_letters.c.resolved_at.is_(None))).scalars()
        )
