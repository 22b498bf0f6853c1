"""Leads by command: the import, and why nothing is sent."""

import csv
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select, text, update

from console.access import writing
from console.importing import Row
from console.lead_store import Target, store
from console.rejects import Rejects
from shared.tables import campaigns, mailboxes, outbound_emails
from shared.tables import leads as lead_table
from tests.handlers.console.conftest import Cam

_A_REPLY = """
INSERT INTO inbound_emails (mailbox_id, folder, uidvalidity, uid, lead_id)
SELECT 1, 'INBOX', 1, 1, id FROM leads WHERE email = 'joe@a.example'
"""
_BAD = """\
email,first_name,company
Kim@c.example,Kim,C
kim@c.example,Kim,C
joe@a.example,Joe,Acme
nobody,X,Y
lea@c.example,,C
bob@barred.example,Bob,B
sue@c.example,Sue,C
"""


def _bad(folder: Path) -> Path:
    file = folder / "more.csv"
    file.write_text(_BAD, encoding="utf-8")
    return file


def _addresses(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        return list(connection.execute(select(lead_table.c.email).order_by(lead_table.c.id)).scalars())


def test_good_rows_are_imported_and_bad_ones_are_told_by_line_and_reason(
    cam: Cam, engine: Engine, spring: str, tmp_path: Path
) -> None:
    cam("suppress", "add", "@barred.example")
    done = cam("leads", "import", spring, _bad(tmp_path), "--json")
    assert done.status == 0
    assert done.data["imported"] == 2
    rejects = done.data["rejects"]
    assert isinstance(rejects, list)
    assert [(bad["line"], bad["reason"], bad["detail"]) for bad in rejects] == [
        (3, "duplicate", "the same address as on line 2"),
        (4, "duplicate", "is in the campaign already"),
        (5, "bad address", "An email address must have an @-sign"),
        (6, "missing variable", "'first_name' is empty"),
        (7, "suppressed", "@barred.example is suppressed (MANUAL)"),
    ]
    assert _addresses(engine) == ["joe@a.example", "ann@b.example", "kim@c.example", "sue@c.example"]


def test_strict_imports_nothing_if_any_row_is_bad(cam: Cam, engine: Engine, spring: str, tmp_path: Path) -> None:
    refused = cam("leads", "import", spring, _bad(tmp_path), "--strict")
    assert refused.status == 2
    assert "nothing was imported, because of --strict" in refused.err
    assert "more.csv:3: kim@c.example: duplicate" in refused.err
    assert _addresses(engine) == ["joe@a.example", "ann@b.example"]


def test_every_bad_row_is_written_to_the_rejects_file(cam: Cam, spring: str, tmp_path: Path) -> None:
    cam("leads", "import", spring, _bad(tmp_path), "--rejects", tmp_path / "bad.csv")
    with (tmp_path / "bad.csv").open(encoding="utf-8", newline="") as file:
        assert [row["line"] for row in csv.DictReader(file)] == ["3", "4", "5", "6"]


def test_a_campaign_whose_leads_are_all_bad_is_not_created(
    cam: Cam, engine: Engine, mailbox: str, sequence: Path, tmp_path: Path
) -> None:
    file = tmp_path / "none.csv"
    file.write_text("email,first_name,company\nnobody,A,B\n", encoding="utf-8")
    refused = cam("campaign", "create", "--sequence", sequence, "--leads", file, "--mailbox", mailbox)
    assert refused.status == 2
    assert f"no row is good, so nothing was created: {file}:2: nobody: bad address: " in refused.err
    with engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(campaigns)).scalar_one() == 0


def test_fields_survive_the_way_into_the_database(cam: Cam, engine: Engine, spring: str, tmp_path: Path) -> None:
    file = tmp_path / "odd.csv"
    odd = 'back\\slash \\N\ttab "quote" Ünï\nline'
    with file.open("w", encoding="utf-8", newline="") as text_file:
        csv.writer(text_file).writerows([["email", "first_name", "company"], ["odd@c.example", "O", odd]])
    cam("leads", "import", spring, file)
    with engine.connect() as connection:
        fields = connection.execute(
            select(lead_table.c.fields).where(lead_table.c.email == "odd@c.example")
        ).scalar_one()
    assert fields == {"first_name": "O", "company": odd}


def test_leads_of_a_running_campaign_are_queued_with_their_import(
    cam: Cam, engine: Engine, spring: str, tmp_path: Path
) -> None:
    cam("campaign", "launch", spring)
    assert cam("leads", "import", spring, _bad(tmp_path), "--json").data["queued"] == 3
    with engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(outbound_emails)).scalar_one() == 5


def test_an_interruption_leaves_nothing_half_done(engine: Engine, cam: Cam, spring: str) -> None:
    def rows() -> Iterator[Row]:
        yield from (Row(number, f"p{number}@c.example", {}, None) for number in range(12_000))
        raise KeyboardInterrupt

    with engine.connect() as connection:
        campaign = connection.execute(select(campaigns.c.id).where(campaigns.c.name == spring)).scalar_one()
    with pytest.raises(KeyboardInterrupt), writing() as connection:
        store(connection, Target(campaign), rows(), Rejects())
    assert _addresses(engine) == ["joe@a.example", "ann@b.example"]
    assert cam("campaign", "show", spring).status == 0


def test_more_rows_than_are_copied_at_once_arrive_in_their_order(
    cam: Cam, engine: Engine, spring: str, tmp_path: Path
) -> None:
    file = tmp_path / "many.csv"
    many = [f"person.{number}@c{number % 50}.example" for number in range(12_000)]
    file.write_text("email,first_name,company\n" + "".join(f"{one},P,C\n" for one in many), encoding="utf-8")
    assert cam("leads", "import", spring, file, "--json").data["imported"] == 12_000
    assert _addresses(engine)[2:] == many


def _why(cam: Cam) -> tuple[list[str], str]:
    (one,) = cam("leads", "why", "joe@a.example", "--json").rows
    because = one["because"]
    assert isinstance(because, list)
    return because, str(one["next"])


def test_why_names_a_campaign_that_was_never_launched(cam: Cam, spring: str) -> None:
    assert spring
    assert _why(cam) == ([], "the campaign is a draft: cam campaign launch")


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        (
            "UPDATE campaigns SET status = 'PAUSED', status_reason = 'few replies'",
            "the campaign is PAUSED: few replies",
        ),
        (
            "INSERT INTO suppressions (target, reason) VALUES ('@a.example', 'MANUAL')",
            "@a.example is suppressed (MANUAL)",
        ),
        ("UPDATE leads SET status = 'UNSUBSCRIBED'", "they opted out"),
        (
            "UPDATE leads SET status = 'ON_HOLD', hold_until = '2099-01-01 12:00+00'",
            "they are away: on hold until 2099",
        ),
        (
            "UPDATE mailboxes SET send_retry_at = now() + interval '1 hour', send_paused_reason = 'login refused'",
            ": login refused",
        ),
        (
            "INSERT INTO send_counters (scope, day, reserved) VALUES ('total', (now() AT TIME ZONE 'UTC')::date, 500)",
            "the daily cap of 500 (total) is used up until midnight UTC",
        ),
        (
            _A_REPLY,
            "an answer of theirs is not yet understood",
        ),
        ("SELECT 1", "no sender is running"),
    ],
)
def test_why_names_what_holds_a_queued_e_mail_back(
    cam: Cam, engine: Engine, spring: str, statement: str, reason: str
) -> None:
    cam("campaign", "launch", spring)
    with engine.begin() as connection:
        connection.execute(text(statement))
    because, following = _why(cam)
    assert any(reason in one for one in because), because
    assert following.startswith("step 1 is queued for ")


def test_why_is_silent_where_nothing_holds_an_e_mail_back(cam: Cam, engine: Engine, spring: str) -> None:
    cam("campaign", "launch", spring)
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO cam_worker_heartbeats (worker_id, service) VALUES ('w', 'sender')"))
    assert _why(cam)[0] == []


def test_why_says_until_when_an_answer_is_waited_for(cam: Cam, engine: Engine, spring: str) -> None:
    cam("campaign", "launch", spring)
    over = datetime.now(UTC) + timedelta(days=2)
    with engine.begin() as connection:
        connection.execute(update(outbound_emails).values(state="SENT", silent_at=over))
        connection.execute(update(lead_table).values(status="CONTACTED"))
    assert _why(cam)[1].startswith("step 1 was sent; it waits for an answer until ")


def test_why_shows_a_doubtful_send(cam: Cam, engine: Engine, spring: str) -> None:
    cam("campaign", "launch", spring)
    with engine.begin() as connection:
        connection.execute(update(outbound_emails).values(state="UNKNOWN"))
    assert "never sent again by itself" in _why(cam)[0][0]


def test_why_refuses_an_address_of_no_campaign(cam: Cam, engine: Engine) -> None:
    with engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(mailboxes)).scalar_one() == 0
    refused = cam("leads", "why", "kim@c.example")
    assert (refused.status, refused.err) == (2, "cam: kim@c.example is a lead of no campaign\n")
