"""`cam dlq edit` and `discard`: a new event in the place of an old one, and letters that nobody needs any more."""

import json
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from shared.events import ReplyReceived, parse
from shared.messaging.topology import depths
from shared.tables import dead_letter_actions, dead_letter_results
from tests.handlers.console.conftest import Cam
from tests.messaging.harness import SUBSCRIPTION, Recorder, announce, reply, running, taken
from tests.messaging.letters import letters, put_away, replies
from tests.waiting import eventually

QUEUE = SUBSCRIPTION.dead_letters
DATA = {"inbound_email_id": 7, "mailbox_id": 1, "folder": "INBOX", "uidvalidity": 1, "uid": 7}


@pytest.fixture(autouse=True)
def _quiet(quiet: None) -> None:
    """Keep the service that runs in this process from logging into the command's output."""


def test_an_edited_event_names_the_old_one_has_a_new_id_and_is_handled(
    cam: Cam, engine: Engine, broker_url: str
) -> None:
    put_away(broker_url, replies([1, 2]))
    first, second = letters(broker_url)
    recorder = Recorder()
    with running(engine, broker_url, recorder):
        ran = cam(
            "dlq", "edit", first.id, "--set", "inbound_email_id=9", "--reason", "wrong row", "--by", "ada", "--json"
        )
    assert (ran.status, ran.data["done"], recorder.committed) == (0, 1, [9])
    event = ran.data["event"]
    assert isinstance(event, dict)
    old = json.loads(first.body)
    assert event["causationid"] == old["id"] == first.event_id
    assert event["id"] != old["id"]
    assert event["correlationid"] == old["correlationid"]
    assert event["traceparent"][:35] == old["traceparent"][:35]
    assert event["data"] == old["data"] | {"inbound_email_id": 9}
    assert letters(broker_url)[0].id == second.id
    with engine.connect() as connection:
        (action,) = connection.execute(select(dead_letter_actions)).all()
        (row,) = connection.execute(select(dead_letter_results)).all()
    assert (action.action, action.operator, action.reason) == ("edit", "ada", "wrong row")
    assert (row.letter_id, row.event_id, row.result) == (first.id, event["id"], "done")


@pytest.mark.parametrize("broken", [b"not even JSON", b'{"specversion": "1.0", "data": {"uid": -1}}', b"[1, 2]"])
def test_a_body_that_breaks_its_contract_is_mended_by_hand(
    cam: Cam, engine: Engine, broker_url: str, broken: bytes
) -> None:
    put_away(broker_url, [broken], reason="schema_invalid")
    (letter,) = letters(broker_url)
    recorder = Recorder()
    with running(engine, broker_url, recorder):
        ran = cam("dlq", "edit", letter.id, "--data", json.dumps(DATA), "--json")
    assert (ran.status, recorder.committed) == (0, [7])
    assert ran.data["event"]["causationid"] == letter.event_id  # type: ignore[index]
    assert letters(broker_url) == []


def test_the_data_comes_from_the_editor_a_file_or_standard_input(
    cam: Cam, broker_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_away(broker_url, replies([1]))
    (letter,) = letters(broker_url)
    editor = tmp_path / "editor"
    editor.write_text(
        '#!/bin/sh\ngrep -q "^# .*no such e-mail" "$1" && sed -i s/INBOX/Archive/ "$1"\n', encoding="utf-8"
    )
    editor.chmod(0o755)
    monkeypatch.setenv("EDITOR", str(editor))
    monkeypatch.delenv("VISUAL", raising=False)
    made = cam("dlq", "edit", letter.id, "--dry-run", "--json").data["event"]
    assert isinstance(made, dict)
    assert made["data"]["folder"] == "Archive"
    file = tmp_path / "data.json"
    file.write_text(json.dumps(DATA), encoding="utf-8")
    made = cam("dlq", "edit", letter.id, "--data", f"@{file}", "--dry-run", "--json").data["event"]
    assert isinstance(made, dict)
    assert made["data"] == DATA
    assert letters(broker_url) == [letter]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--set", "uid=-1"), "the event would break its contract: uid: "),
        (("--set", "uid=null"), "the event would break its contract: uid: Field required"),
        (("--set", "uuid=1"), "--set: 'uuid=1' must be field=value with one of inbound_email_id, mailbox_id"),
        (("--set", "uid"), "--set: 'uid' must be field=value"),
        (("--set", "uid=1"), "nothing was changed (cam dlq replay "),
        (("--data", "{"), "--data: no JSON ("),
        (("--data", "[]"), "--data: must be an object"),
        (("--data", "@/nowhere.json"), "/nowhere.json: No such file"),
        (("--set", 'folder="a\\u0000b"'), "a text holds a NUL character"),
    ],
)
def test_an_edit_that_can_not_be_is_refused_and_the_letter_stays(
    cam: Cam, broker_url: str, words: tuple[str, ...], told: str
) -> None:
    put_away(broker_url, replies([1]))
    before = letters(broker_url)
    refused = cam("dlq", "edit", before[0].id, *words)
    assert (refused.status, refused.err.count("\n")) == (2, 1)
    assert told in refused.err
    assert letters(broker_url) == before
    assert depths(broker_url)[SUBSCRIPTION.queue] == 0


def test_an_edit_of_what_was_handled_meanwhile_is_refused(cam: Cam, engine: Engine, broker_url: str) -> None:
    put_away(broker_url, replies([1]))
    (letter,) = letters(broker_url)
    announce(engine, reply(1))
    recorder = Recorder()
    with running(engine, broker_url, recorder):
        eventually(lambda: recorder.committed == [1])
    refused = cam("dlq", "edit", letter.id, "--set", "lead_id=5")
    assert refused.status == 1
    assert "was handled at" in refused.err
    assert letters(broker_url) == [letter]


def test_an_event_that_is_only_too_old_becomes_a_new_one_as_it_is(cam: Cam, broker_url: str) -> None:
    put_away(broker_url, replies([1]), reason="too_old")
    (letter,) = letters(broker_url)
    old = json.loads(letter.body)
    made = cam("dlq", "edit", letter.id, "--data", json.dumps(old["data"]), "--dry-run", "--json").data["event"]
    assert isinstance(made, dict)
    assert (made["data"], made["causationid"]) == (old["data"], old["id"])
    assert made["time"] > old["time"]


def test_the_same_edit_repeated_after_a_crash_is_one_event(cam: Cam, broker_url: str) -> None:
    put_away(broker_url, replies([1]), letter="aaaa1111")
    put_away(broker_url, replies([1]), letter="bbbb2222")
    typed = ("--set", "lead_id=5", "--dry-run", "--json")
    ids = [cam("dlq", "edit", one, *typed).data["event"]["id"] for one in ("aaaa1111", "aaaa1111", "bbbb2222")]  # type: ignore[index]
    assert ids[0] == ids[1] != ids[2]


def test_discarded_letters_are_gone_kept_in_the_file_and_written_down(
    cam: Cam, broker_url: str, tmp_path: Path
) -> None:
    bodies = replies(range(1, 6))
    put_away(broker_url, bodies)
    file = tmp_path / "discarded.jsonl"
    chosen = [letter.id for letter in letters(broker_url)[1:3]]
    ran = cam("dlq", "discard", *chosen, "--yes", "--keep", file, "--reason", "test data", "--by", "ada", "--json")
    assert (ran.status, ran.data["discarded"]) == (0, 2)
    kept = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    assert [each["id"] for each in kept] == chosen
    assert [each["body"] for each in kept] == [json.loads(body) for body in bodies[1:3]]
    assert [message.body for message in taken(broker_url, QUEUE)] == [bodies[0], *bodies[3:]]
    assert depths(broker_url)[SUBSCRIPTION.queue] == 0
    (action,) = cam("dlq", "history", "--json").rows
    assert (action["action"], action["operator"], action["reason"]) == ("discard", "ada", "test data")
    assert action["results"] == {"discarded": 2}


def test_a_discard_needs_a_yes_and_a_choice(cam: Cam, broker_url: str, tmp_path: Path) -> None:
    put_away(broker_url, replies([1]))
    there = tmp_path / "there"
    there.touch()
    for words, told in (
        (("--all",), "discarding can't be undone: say --yes"),
        ((), "say which dead letters"),
        (("--all", "--yes", "--keep", str(there)), "exists already"),
    ):
        refused = cam("dlq", "discard", *words)
        assert (refused.status, refused.err.count("\n")) == (2, 1)
        assert told in refused.err
    assert "dry run: nothing was done" in cam("dlq", "discard", "--all", "--dry-run").out
    assert len(letters(broker_url)) == 1


def test_an_edited_event_can_be_read_by_every_service(cam: Cam, broker_url: str) -> None:
    put_away(broker_url, [b"?"], reason="schema_invalid")
    (letter,) = letters(broker_url)
    assert cam("dlq", "edit", letter.id, "--data", json.dumps(DATA), "--wait", "1").status == 1
    (message,) = taken(broker_url, SUBSCRIPTION.queue)
    event = parse(message.body, ReplyReceived)
    assert (str(event.id), event.data.uid) == (message.message_id, 7)
    assert message.content_type == "application/cloudevents+json"
