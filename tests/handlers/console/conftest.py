"""The command line as a fixture: run in this process, as an operator would type it."""

import json
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import structlog
from sqlalchemy import Engine

from console.main import run
from console.quiet import hush
from shared.messaging import topology

SEQUENCE = """\
name: spring
end: {policy: dead, after: 9}
steps:
  - subject: "Hello {{ first_name }}"
    body: "Dear {{ first_name }}, how is {{ company }}?"
  - wait: 3
    body: Still there?
"""


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command did: its exit status and what it printed."""

    status: int
    out: str
    err: str

    @property
    def data(self) -> dict[str, object]:
        """Return the JSON object on standard output."""
        found = json.loads(self.out)
        assert isinstance(found, dict)
        return found

    @property
    def rows(self) -> list[dict[str, object]]:
        """Return the JSON list on standard output."""
        found = json.loads(self.out)
        assert isinstance(found, list)
        return found


Cam = Callable[..., Ran]


@pytest.fixture
def cam(
    engine: Engine,
    database_url: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> Iterator[Cam]:
    """Type a command against the module's database, in a folder without `.env`."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("AICMO_AMQP_URL", "amqp://guest:guest@127.0.0.1:1/")

    def typed(*words: object) -> Ran:
        capsys.readouterr()
        status = run([str(word) for word in words])
        printed = capsys.readouterr()
        return Ran(status, printed.out, printed.err)

    with engine.connect():
        yield typed


@pytest.fixture
def mailbox(cam: Cam) -> str:
    """Add the default mailbox."""
    assert cam("mailbox", "add", "default", "--address", "Ada <ada@our.example>", "--provider", "dry_run").status == 0
    return "default"


@pytest.fixture
def sequence(tmp_path: Path) -> Path:
    """Write a sequence of two steps."""
    file = tmp_path / "sequence.yml"
    file.write_text(SEQUENCE, encoding="utf-8")
    return file


@pytest.fixture
def leads(tmp_path: Path) -> Path:
    """Write a CSV of two good leads."""
    file = tmp_path / "leads.csv"
    file.write_text("email,First Name,Company\njoe@a.example,Joe,Acme\nann@b.example,Ann,Best\n", encoding="utf-8")
    return file


@pytest.fixture
def spring(cam: Cam, mailbox: str, sequence: Path, leads: Path) -> str:
    """Create the campaign `spring` of two leads, a draft."""
    created = cam("campaign", "create", "--sequence", sequence, "--leads", leads, "--mailbox", mailbox)
    assert created.status == 0, created.err
    return "spring"


@pytest.fixture
def broker_url(amqp_url: str, cam: Cam, monkeypatch: pytest.MonkeyPatch) -> str:
    """Point the command line at a broker with the whole topology."""
    del cam
    topology.set_up(amqp_url)
    monkeypatch.setenv("AICMO_AMQP_URL", amqp_url)
    return amqp_url


@pytest.fixture
def quiet() -> Iterator[None]:
    """Keep the service that runs in this process from logging into the command's output."""
    hush()
    yield
    structlog.reset_defaults()
    logging.disable(logging.NOTSET)
