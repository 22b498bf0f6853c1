"""Suppressions, mailboxes, replies and alerts by command."""

from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from rich.console import Console
from sqlalchemy import Engine, insert, select, text

from console.command_table import COMMANDS, load
from console.health import collect, told
from shared.tables import alert_logs, heartbeats, inbound_emails, mailboxes, suppressions
from tests.handlers.console.conftest import Cam


def test_a_suppression_is_added_once_listed_and_removed(cam: Cam) -> None:
    added = cam("suppress", "add", "Joe@A.example", "@b.example", "--json").data
    assert added == {"added": ["@b.example", "joe@a.example"], "already": []}
    assert cam("suppress", "add", "joe@a.example", "--json").data == {"added": [], "already": ["joe@a.example"]}
    assert {row["target"] for row in cam("suppress", "list", "--json").rows} == {"joe@a.example", "@b.example"}
    assert cam("suppress", "remove", "@b.example").status == 0
    assert [row["target"] for row in cam("suppress", "list", "--json").rows] == ["joe@a.example"]


def test_who_opted_out_stays_suppressed_unless_the_operator_insists(cam: Cam, engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(insert(suppressions).values(target="joe@a.example", reason="UNSUBSCRIBED"))
    refused = cam("suppress", "remove", "joe@a.example")
    assert refused.status == 2
    assert "opted out themselves: joe@a.example" in refused.err
    assert cam("suppress", "remove", "joe@a.example", "--force").status == 0


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("suppress", "add", "nobody"), "'nobody': An email address must have an @-sign"),
        (("suppress", "remove", "joe@a.example"), "not suppressed: joe@a.example"),
        (("mailbox", "add", "m", "--address", "a@b.example"), "--smtp-host: is missing (provider SMTP)"),
        (("mailbox", "add", "m", "--address", "b", "--provider", "dry_run"), "--address: 'b'"),
        (("mailbox", "add", "m", "--address", "a@b.example", "--provider", "pigeon"), "--provider: must be smtp"),
        (("replies", "--class", "maybe"), "--class: must be one of POSITIVE"),
        (("replies", "--campaign", "x"), "there is no campaign 'x'"),
        (("replies", "--limit", "0"), "Invalid value for '--limit'"),
    ],
)
def test_bad_input_is_told_in_one_line_with_status_2(cam: Cam, words: tuple[str, ...], told: str) -> None:
    refused = cam(*words)
    assert refused.status == 2
    assert told in refused.err
    assert refused.err.count("\n") == 1


def test_a_secret_on_the_command_line_is_refused_and_not_repeated(cam: Cam, engine: Engine) -> None:
    typed = ("mailbox", "add", "m", "--address", "a@b.example", "--smtp-host", "h", "--smtp-password-ref", "hunter2")
    refused = cam(*typed)
    assert refused.status == 2
    assert "hunter2" not in refused.err
    with engine.connect() as connection:
        assert connection.execute(select(mailboxes)).first() is None


def test_a_mailbox_is_changed_only_with_replace(cam: Cam, engine: Engine, mailbox: str) -> None:
    again = ("mailbox", "add", mailbox, "--address", "Bob <bob@our.example>", "--provider", "dry_run")
    assert cam(*again).status == 2
    assert cam(*again, "--replace").status == 0
    with engine.connect() as connection:
        (row,) = connection.execute(select(mailboxes.c.address, mailboxes.c.display_name))
    assert tuple(row) == ("bob@our.example", "Bob")


def test_replies_show_what_they_mean_and_no_control_characters(cam: Cam, engine: Engine, spring: str) -> None:
    with engine.begin() as connection:
        box = connection.execute(select(mailboxes.c.id)).scalar_one()
        place = {"mailbox_id": box, "folder": "INBOX", "uidvalidity": 1}
        yes = {
            "uid": 1,
            "classification": "POSITIVE",
            "body": "Sure \x1b[31mlet us talk",
            "from_address": "joe@a.example",
        }
        unclear = {"uid": 2, "classification": None, "body": "?", "from_address": "x@a.example"}
        connection.execute(insert(inbound_emails), [place | yes, place | unclear])
        connection.execute(text("UPDATE inbound_emails SET campaign_id = (SELECT id FROM campaigns)"))
    assert [row["from_address"] for row in cam("replies", "--campaign", spring, "--json").rows] == [
        "x@a.example",
        "joe@a.example",
    ]
    shown = cam("replies", "--class", "positive").out
    assert "[31mlet us talk" in shown
    assert "\x1b" not in shown
    assert "x@a.example" not in shown
    assert "not yet understood" in cam("replies").out


def test_failed_alerts_can_be_asked_for(cam: Cam, engine: Engine) -> None:
    rows = [
        {"alert_type": "POSITIVE_REPLY", "title": "yes", "idempotency_key": "1", "sent_successfully": True},
        {"alert_type": "POSITIVE_REPLY", "title": "lost", "idempotency_key": "2", "sent_successfully": False},
    ]
    with engine.begin() as connection:
        connection.execute(insert(alert_logs), rows)
    assert [row["title"] for row in cam("alerts", "--json").rows] == ["lost", "yes"]
    assert [row["title"] for row in cam("alerts", "--failed", "--json").rows] == ["lost"]
    assert "next attempt" in cam("alerts", "--failed").out


@pytest.mark.parametrize("word", COMMANDS)
def test_every_command_takes_json_and_shows_an_example(cam: Cam, word: str) -> None:
    for words in ([word, below] for below in getattr(load(word), "commands", [""])):
        helped = cam(*filter(None, words), "--help").out
        assert ("--json" in helped, "Example: " in helped) == (True, True), words


@pytest.mark.parametrize("word", ["", *COMMANDS])
def test_every_command_has_help(cam: Cam, word: str) -> None:
    helped = cam(*word.split(), "--help")
    assert (helped.status, helped.err) == (0, "")
    assert "Usage: cam" in helped.out


def test_the_status_shows_the_last_dead_instance_of_a_service_and_a_stopped_one_if_it_was_the_last(
    engine: Engine,
) -> None:
    now = datetime.now(UTC)
    rows = [
        {
            "worker_id": f"sender/{name}",
            "service": "sender",
            "status": status,
            "last_seen_at": now - timedelta(hours=age),
        }
        for name, status, age in (
            ("old", "STOPPED", 3),
            ("older", "DEAD", 4),
            ("oldest", "DEAD", 5),
            ("new", "RUNNING", 0),
        )
    ]
    rows += [{"worker_id": "inbox/i", "service": "inbox", "status": "STOPPED", "last_seen_at": now}]
    with engine.begin() as connection:
        connection.execute(insert(heartbeats), rows)
        services = collect(connection, "amqp://guest:guest@127.0.0.1:1/", 300, now)["services"]
    assert isinstance(services, list)
    assert [row["worker_id"] for row in services] == ["inbox/i", "sender/new", "sender/older"]


def test_the_status_names_what_is_wrong() -> None:
    now = datetime(2026, 1, 1, 12, tzinfo=UTC)
    worker = {"worker_id": "w", "in_flight": 0, "last_delivery_at": None, "last_error": None, "status": "RUNNING"}
    silent = worker | {"service": "sender", "last_seen_at": now - timedelta(minutes=9), "alive": False, "silent": True}
    found: dict[str, object] = {
        "services": [silent],
        "broker_error": "connection refused",
        "mailboxes": [],
        "campaigns": [],
        "doubtful_emails": [],
    }
    console = Console(file=StringIO(), width=200)
    for part in told(found, now):
        console.print(part)
    shown = console.file.getvalue() if isinstance(console.file, StringIO) else ""
    assert "no sign of life  9 min ago" in shown
    assert "not running: sender, inbox, classifier, decision, alerter (cam up)" in shown
    assert "queues: the broker does not answer (connection refused)" in shown
