"""Campaigns by command."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, insert, select, text, update

from services.decision.steps import pick
from shared.tables import campaigns, outbound_emails, sequence_steps
from shared.tables import leads as lead_table
from tests.handlers.console.conftest import Cam


def _count(engine: Engine, table: object) -> int:
    with engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()  # type: ignore[arg-type]  # any table


def test_a_campaign_is_created_as_a_draft_and_nothing_is_queued(cam: Cam, engine: Engine, spring: str) -> None:
    shown = cam("campaign", "show", spring, "--json").data
    assert shown["status"] == "DRAFT"
    assert shown["leads"] == {"NEW": 2}
    assert shown["end"] == "DEAD after 9 days"
    assert _count(engine, outbound_emails) == 0


def test_a_launch_queues_the_first_step_for_every_lead_to_wait_for_the_second(
    cam: Cam, engine: Engine, spring: str
) -> None:
    launched = cam("campaign", "launch", spring, "--json")
    assert launched.data["queued"] == 2
    with engine.connect() as connection:
        rows = connection.execute(select(outbound_emails)).mappings().all()
    assert {(row["position"], row["silence_days"], row["status"]) for row in rows} == {(1, 3, "QUEUED")}
    assert cam("campaign", "show", spring, "--json").data["status"] == "RUNNING"


def test_a_launch_begins_a_trace_for_each_lead(cam: Cam, engine: Engine, spring: str) -> None:
    cam("campaign", "launch", spring)
    with engine.connect() as connection:
        traces = set(connection.execute(select(outbound_emails.c.trace_id)).scalars())
    assert len(traces - {None}) == 2


def test_a_launch_says_when_nothing_will_really_leave(
    cam: Cam, spring: str, sequence: Path, leads: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "this is a dry run: nothing really leaves" in cam("campaign", "launch", spring).out
    cam("mailbox", "add", "real", "--address", "ada@our.example", "--smtp-host", "smtp.our.example")
    for name in ("one", "two"):
        cam("campaign", "create", "--name", name, "--sequence", sequence, "--leads", leads, "--mailbox", "real")
    assert cam("campaign", "launch", "one", "--json").data["dry_run"] is False
    monkeypatch.setenv("AICMO_CAM_EMAIL_DRY_RUN", "true")
    assert cam("campaign", "launch", "two", "--json").data["dry_run"] is True


def test_the_last_step_waits_as_long_as_the_end_policy_says(
    cam: Cam, engine: Engine, mailbox: str, leads: Path, tmp_path: Path
) -> None:
    short = tmp_path / "short.yml"
    short.write_text("end: {after: 9}\nsteps:\n  - subject: A\n    body: B\n", encoding="utf-8")
    cam("campaign", "create", "--name", "short", "--sequence", short, "--leads", leads, "--mailbox", mailbox)
    cam("campaign", "launch", "short")
    with engine.connect() as connection:
        assert set(connection.execute(select(outbound_emails.c.silence_days)).scalars()) == {9}


def test_an_e_mail_is_due_when_the_window_of_its_lead_opens(
    cam: Cam, engine: Engine, mailbox: str, tmp_path: Path
) -> None:
    steps, people = tmp_path / "s.yml", tmp_path / "l.csv"
    day = datetime.now(UTC).isoweekday() % 7
    tomorrow = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")[day]
    steps.write_text(
        f'window: {{days: {tomorrow}, from: "09:00", to: "17:00"}}\nsteps: [{{subject: A, body: B}}]\n',
        encoding="utf-8",
    )
    people.write_text("email,timezone\na@a.example,\nb@b.example,Asia/Kolkata\n", encoding="utf-8")
    cam("campaign", "create", "--name", "w", "--sequence", steps, "--leads", people, "--mailbox", mailbox)
    cam("campaign", "launch", "w")
    with engine.connect() as connection:
        due = connection.execute(select(outbound_emails.c.due_at).order_by(outbound_emails.c.lead_id)).scalars().all()
    assert [moment.astimezone(UTC).strftime("%H:%M") for moment in due] == ["09:00", "03:30"]


def test_a_lead_gets_the_variant_that_its_follow_ups_pick_too(
    cam: Cam, engine: Engine, mailbox: str, tmp_path: Path
) -> None:
    steps, people = tmp_path / "s.yml", tmp_path / "l.csv"
    steps.write_text(
        "steps:\n  - subject: A\n    body: B\n    variants: [{subject: B}, {subject: C}]\n", encoding="utf-8"
    )
    people.write_text("email\n" + "".join(f"p{i}@a.example\n" for i in range(60)), encoding="utf-8")
    cam("campaign", "create", "--name", "v", "--sequence", steps, "--leads", people, "--mailbox", mailbox)
    cam("campaign", "launch", "v")
    with engine.connect() as connection:
        rows = connection.execute(select(outbound_emails.c.lead_id, outbound_emails.c.variant)).all()
    assert {row.variant for row in rows} == {"A", "B", "C"}
    assert all(row.variant == pick(row.lead_id, {"A": 0, "B": 0, "C": 0}) for row in rows)


def test_a_launch_is_refused_if_a_lead_lacks_a_variable_and_nothing_is_queued(
    cam: Cam, engine: Engine, spring: str
) -> None:
    with engine.begin() as connection:
        connection.execute(
            update(lead_table).where(lead_table.c.email == "ann@b.example").values(fields={"company": "B"})
        )
    refused = cam("campaign", "launch", spring)
    assert refused.status == 2
    assert "ann@b.example: step 1: 'first_name' is missing" in refused.err
    assert _count(engine, outbound_emails) == 0
    assert cam("campaign", "show", spring, "--json").data["status"] == "DRAFT"


def test_a_lead_that_blocks_the_launch_can_be_dropped(cam: Cam, spring: str) -> None:
    assert cam("leads", "drop", spring, "ann@b.example").status == 0
    assert cam("campaign", "launch", spring, "--json").data["queued"] == 1
    assert cam("leads", "drop", spring, "joe@a.example").status == 2


def test_a_running_campaign_is_not_launched_again(cam: Cam, spring: str) -> None:
    cam("campaign", "launch", spring)
    again = cam("campaign", "launch", spring)
    assert (again.status, again.err) == (1, "cam: campaign 'spring' is RUNNING\n")


def test_a_pause_keeps_its_reason_and_a_resume_lets_the_rules_count_from_now(
    cam: Cam, engine: Engine, spring: str
) -> None:
    cam("campaign", "launch", spring)
    with engine.begin() as connection:
        connection.execute(update(campaigns).values(rules_since=datetime(2020, 1, 1, tzinfo=UTC)))
    cam("campaign", "pause", spring, "--reason", "new prices")
    paused = cam("campaign", "show", spring, "--json").data
    assert (paused["status"], paused["reason"]) == ("PAUSED", "new prices")
    assert cam("campaign", "resume", spring).status == 0
    with engine.connect() as connection:
        row = connection.execute(select(campaigns)).mappings().one()
    assert (row["status"], row["status_reason"]) == ("RUNNING", "")
    assert row["rules_since"].year > 2020


def test_a_preview_shows_what_a_lead_will_read(cam: Cam, spring: str) -> None:
    shown = cam("campaign", "preview", spring, "--lead", "JOE@a.example", "--json").rows
    assert [step["subject"] for step in shown] == ["Hello Joe", "Re: Hello Joe"]
    assert shown[0]["body"] == "Dear Joe, how is Acme?"
    assert "Subject: Hello Joe" in cam("campaign", "preview", spring).out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("campaign", "show", "sprong"), "there is no campaign 'sprong' (did you mean 'spring'?)"),
        (("campaign", "preview", "spring", "--lead", "no@a.example"), "campaign 'spring' has no lead 'no@a.example'"),
        (("campaign", "lanch", "spring"), "No such command 'lanch'. Did you mean 'launch'?"),
        (("campain",), "no such command 'campain' (did you mean 'campaign'?)"),
        (("campaign", "create", "--sequence", "nowhere.yml", "--leads", "x.csv"), "nowhere.yml: No such file"),
        (("campaign", "create", "--sequence", "nowhere.yml"), "Missing option '--leads'"),
    ],
)
def test_bad_input_is_told_in_one_line_with_status_2(cam: Cam, spring: str, words: tuple[str, ...], told: str) -> None:
    assert spring
    refused = cam(*words)
    assert refused.status == 2
    assert refused.out == ""
    assert told in refused.err
    assert refused.err.count("\n") == 1


def test_a_name_that_is_taken_is_refused_and_nothing_is_created(
    cam: Cam, engine: Engine, spring: str, sequence: Path, leads: Path
) -> None:
    again = cam("campaign", "create", "--name", spring, "--sequence", sequence, "--leads", leads)
    assert (again.status, again.err) == (2, "cam: there is a campaign 'spring' already\n")
    assert _count(engine, sequence_steps) == 2


def test_a_dry_run_checks_everything_and_creates_nothing(
    cam: Cam, engine: Engine, mailbox: str, sequence: Path, leads: Path
) -> None:
    tried = cam(
        "campaign", "create", "--sequence", sequence, "--leads", leads, "--mailbox", mailbox, "--dry-run", "--json"
    )
    assert tried.data["imported"] == 2
    assert tried.data["created"] is False
    assert _count(engine, campaigns) == 0


def test_the_list_counts_leads_e_mails_and_replies(cam: Cam, engine: Engine, spring: str) -> None:
    cam("campaign", "launch", spring)
    with engine.begin() as connection:
        connection.execute(
            text("""
            INSERT INTO inbound_emails (mailbox_id, folder, uidvalidity, uid, campaign_id, classification)
            SELECT mailbox_id, 'INBOX', 1, 1, id, 'POSITIVE' FROM campaigns""")
        )
    (listed,) = cam("campaign", "list", "--json").rows
    assert listed["emails"] == {"QUEUED": 2}
    assert listed["replies"] == {"POSITIVE": 1}
    assert "2 QUEUED" in cam("campaign", "list").out


def test_new_leads_of_a_finished_campaign_are_launched_again(cam: Cam, engine: Engine, spring: str) -> None:
    cam("campaign", "launch", spring)
    with engine.begin() as connection:
        connection.execute(update(campaigns).values(status="FINISHED"))
        connection.execute(update(lead_table).values(status="DEAD"))
        campaign = connection.execute(select(campaigns.c.id)).scalar_one()
        fields = {"first_name": "Kim", "company": "C"}
        connection.execute(insert(lead_table).values(campaign_id=campaign, email="kim@c.example", fields=fields))
    assert cam("campaign", "launch", spring, "--json").data["queued"] == 1
