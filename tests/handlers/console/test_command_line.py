"""The command line as a process: set-up, exit statuses, and nothing but JSON on standard output."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from shared.database import open_engine
from shared.tables import mailboxes
from tests.databases import Databases

Ran = subprocess.CompletedProcess[str]
Cam = Callable[..., Ran]
_ROOT = Path(__file__).parents[3]
_NOBODY = "amqp://guest:guest@127.0.0.1:1/"


@pytest.fixture
def cam(tmp_path: Path) -> Cam:
    """Run `cam` with these settings and no others."""

    def typed(*words: str, **settings: str) -> Ran:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("AICMO_", "DATABASE_"))}
        environment = kept | {"PYTHONPATH": str(_ROOT)} | settings
        command = [sys.executable, "-m", "console", *words]
        return subprocess.run(
            command, check=False, capture_output=True, text=True, cwd=tmp_path, env=environment, timeout=60
        )

    return typed


def test_setup_makes_tables_topology_and_the_default_mailbox_and_may_run_again(
    cam: Cam, databases: Databases, amqp_url: str
) -> None:
    url = databases.new_without_tables()
    settings = {
        "DATABASE_URL": url,
        "AICMO_AMQP_URL": amqp_url,
        "AICMO_SMTP_HOST": "smtp.our.example",
        "AICMO_SMTP_USERNAME": "ada",
        "AICMO_SMTP_PASSWORD": "hunter2",
        "AICMO_SMTP_FROM_EMAIL": "Ada Byron <Ada@our.example>",
        "AICMO_IMAP_SERVER": "imap.our.example",
        "AICMO_IMAP_EMAIL": "ada@our.example",
        "AICMO_IMAP_PASSWORD": "hunter2",
    }
    for _ in range(2):
        done = cam("setup", "--json", **settings)
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["mailbox"]["address"] == "ada@our.example"
    engine = open_engine(url)
    with engine.connect() as connection:
        (row,) = connection.execute(select(mailboxes)).mappings()
    engine.dispose()
    assert (row["name"], row["provider"], row["display_name"]) == ("default", "SMTP", "Ada Byron")
    assert (row["smtp_password_ref"], row["imap_password_ref"]) == (
        "env:AICMO_SMTP_PASSWORD",
        "env:AICMO_IMAP_PASSWORD",
    )
    assert "hunter2" not in str(dict(row))


def test_setup_says_which_variable_is_missing(cam: Cam, database_url: str) -> None:
    refused = cam("setup", DATABASE_URL=database_url, AICMO_SMTP_HOST="smtp.our.example")
    assert (refused.returncode, refused.stderr) == (2, "cam: AICMO_SMTP_FROM_EMAIL: is not set\n")


def test_setup_waits_for_the_broker_and_says_so(cam: Cam, database_url: str) -> None:
    refused = cam("setup", "--wait", "4", DATABASE_URL=database_url, AICMO_AMQP_URL=_NOBODY)
    assert refused.returncode == 1
    waiting, failed = refused.stderr.splitlines()
    assert waiting.startswith("waiting for the broker (")
    assert failed.startswith("cam: the broker does not answer (")


def test_a_broker_that_is_away_is_shown_in_the_status_and_standard_output_is_json(cam: Cam, database_url: str) -> None:
    done = cam("status", "--json", DATABASE_URL=database_url, AICMO_AMQP_URL=_NOBODY)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["broker_error"].startswith("broker: ")


def test_the_status_shows_every_queue_and_its_dead_letters(cam: Cam, database_url: str, amqp_url: str) -> None:
    cam("setup", DATABASE_URL=database_url, AICMO_AMQP_URL=amqp_url)
    queues = json.loads(cam("status", "--json", DATABASE_URL=database_url, AICMO_AMQP_URL=amqp_url).stdout)["queues"]
    assert queues["classifier.reply.received"] == 0
    assert queues["decision.lead.timeout.dlq"] == 0


@pytest.mark.parametrize(
    ("url", "status", "told"),
    [
        ("", 2, "cam: DATABASE_URL: is not set (see .env.example)"),
        ("mysql://x", 2, "cam: DATABASE_URL: must begin with postgresql://"),
        ("postgresql://x@127.0.0.1:1/x", 1, "cam: the database does not answer ("),
    ],
)
def test_a_database_that_can_not_be_reached_is_one_line(cam: Cam, url: str, status: int, told: str) -> None:
    refused = cam("campaign", "list", "--json", DATABASE_URL=url)
    assert refused.returncode == status
    assert refused.stderr.startswith(told)
    assert (refused.stderr.count("\n"), refused.stdout) == (1, "")


@pytest.mark.parametrize("words", [("status",), ("setup", "--wait", "60")])
def test_a_database_that_refuses_for_good_is_not_waited_for(
    cam: Cam, database_url: str, words: tuple[str, ...]
) -> None:
    server, _, _ = database_url.rpartition("/")
    missing = cam(*words, DATABASE_URL=f"{server}/nowhere")
    told = 'cam: DATABASE_URL: database "nowhere" does not exist (to make it: cam setup --create)\n'
    assert (missing.returncode, missing.stderr) == (2, told)
    stranger = cam(*words, DATABASE_URL=f"postgresql://stranger:guessed@{server.rpartition('@')[2]}/cam")
    assert stranger.returncode == 2
    assert stranger.stderr.startswith("cam: DATABASE_URL: ")
    assert ("stranger" in stranger.stderr, "guessed" in stranger.stderr) == (True, False)


def test_a_database_without_tables_says_what_to_run(cam: Cam, databases: Databases) -> None:
    refused = cam("campaign", "list", DATABASE_URL=databases.new_without_tables())
    told = "cam: the database is not set up for this version: run cam setup\n"
    assert (refused.returncode, refused.stderr) == (2, told)


def test_help_imports_neither_the_database_nor_the_broker_library(tmp_path: Path) -> None:
    script = tmp_path / "check.py"
    script.write_text(
        "import sys\nfrom console.main import run\nrun(['--help'])\n"
        "sys.exit(any(name in sys.modules for name in ('sqlalchemy', 'aio_pika', 'pydantic')))\n",
        encoding="utf-8",
    )
    done = subprocess.run(
        [sys.executable, str(script)], check=False, capture_output=True, env=os.environ | {"PYTHONPATH": str(_ROOT)}
    )
    assert done.returncode == 0
