"""`cam replies relabel`, as an operator types it."""

import json

import pytest
from sqlalchemy import Engine, insert, select, text

from shared.tables import inbound_emails, leads, mailboxes, outbox, relabels, suppressions
from tests.handlers.console.conftest import Cam


@pytest.fixture
def reply(engine: Engine, spring: str) -> int:
    """Store a reply of joe@a.example that was taken for a no."""
    assert spring
    with engine.begin() as connection:
        lead = connection.execute(select(leads).where(leads.c.email == "joe@a.example")).one()
        row = {
            "mailbox_id": connection.execute(select(mailboxes.c.id)).scalar_one(),
            "folder": "INBOX",
            "uidvalidity": 1,
            "uid": 1,
            "lead_id": lead.id,
            "campaign_id": lead.campaign_id,
            "body": "Well, why not",
            "classification": "NEGATIVE",
            "classification_facts": {"needs_review": True},
            "classification_revision": 3,
        }
        return int(connection.execute(insert(inbound_emails).values(row).returning(inbound_emails.c.id)).scalar_one())


def test_a_persons_word_is_stored_with_who_and_why_and_announced(cam: Cam, engine: Engine, reply: int) -> None:
    ran = cam("replies", "relabel", reply, "positive", "--by", "Ada", "--note", "asks between the lines", "--json")
    assert ran.status == 0, ran.err
    assert ran.data == {
        "id": reply,
        "before": "NEGATIVE",
        "classification": "POSITIVE",
        "revision": 4,
        "lead": "joe@a.example",
        "listed": None,
        "relabelled_by": "Ada",
    }
    with engine.connect() as connection:
        row = connection.execute(select(inbound_emails)).one()
        kept = connection.execute(select(relabels)).one()
        event = json.loads(connection.execute(select(outbox.c.body)).scalar_one())
    assert (row.classification, row.classification_revision) == ("POSITIVE", 4)
    assert row.classification_reason == "Ada said so: asks between the lines"
    assert row.relabelled_at == kept.relabelled_at
    assert (kept.before, kept.classification, kept.relabelled_by) == ("NEGATIVE", "POSITIVE", "Ada")
    assert event["type"] == "reply.classified"
    assert (event["data"]["revision"], event["data"]["classifier_version"]) == (4, "person")
    assert "lines" not in json.dumps(event)


def test_without_by_the_login_is_kept(cam: Cam, engine: Engine, reply: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUDO_USER", "grace")
    assert cam("replies", "relabel", reply, "POSITIVE").out.startswith(f"reply {reply} means POSITIVE (before: NEG")
    with engine.connect() as connection:
        assert connection.execute(select(relabels.c.relabelled_by)).scalar_one() == "grace"


def test_whoever_stays_on_the_list_is_named_with_what_to_do(cam: Cam, engine: Engine, reply: int) -> None:
    assert cam("replies", "relabel", reply, "UNSUB").status == 0
    with engine.connect() as connection:
        assert connection.execute(select(suppressions.c.target)).scalar_one() == "joe@a.example"
    told = cam("replies", "relabel", reply, "POSITIVE").out
    assert "still never written to (UNSUBSCRIBED): cam suppress remove joe@a.example --force" in told


def test_a_reply_of_nobody_is_relabelled_and_says_so(cam: Cam, engine: Engine, reply: int) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE inbound_emails SET lead_id = NULL"))
    assert "belongs to no lead" in cam("replies", "relabel", reply, "UNSUB").out


def test_replies_show_their_ids_and_can_be_asked_for_a_second_look(cam: Cam, reply: int) -> None:
    (row,) = cam("replies", "--review", "--json").rows
    assert (row["id"], row["needs_review"], row["relabelled_at"]) == (reply, True, None)
    assert "look again" in cam("replies").out
    cam("replies", "relabel", reply, "NEGATIVE")
    assert cam("replies", "--review", "--json").rows == []


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("4711", "POSITIVE"), "there is no reply 4711"),
        (("1", "MAYBE"), "CLASS: must be one of POSITIVE"),
        (("one", "POSITIVE"), "Invalid value for 'ID'"),
        (("0", "POSITIVE"), "Invalid value for 'ID'"),
        ((str(2**63), "POSITIVE"), "Invalid value for 'ID'"),
        (("1", "UNSUB", "--return-date", "2026-03-09"), "--return-date: goes only with OOO"),
        (("1", "OOO", "--return-date", "03/04"), "Invalid value for '--return-date'"),
        (("1", "BOUNCE", "--bounce-kind", "loud"), "--bounce-kind: must be hard, soft or block"),
        (("1",), "Missing argument 'CLASS'"),
    ],
)
def test_bad_input_is_told_in_one_line_and_nothing_is_kept(
    cam: Cam, engine: Engine, reply: int, words: tuple[str, ...], told: str
) -> None:
    assert reply == 1
    refused = cam("replies", "relabel", *words)
    assert (refused.status, refused.err.count("\n")) == (2, 1)
    assert told in refused.err
    with engine.connect() as connection:
        assert connection.execute(select(relabels)).first() is None
        assert connection.execute(select(outbox)).first() is None


def test_facts_that_go_with_the_class_are_kept(cam: Cam, engine: Engine, reply: int) -> None:
    assert cam("replies", "relabel", reply, "OOO", "--return-date", "2026-03-09").status == 0
    assert cam("replies", "relabel", reply, "BOUNCE", "--bounce-kind", "hard").status == 0
    with engine.connect() as connection:
        facts = connection.execute(select(inbound_emails.c.classification_facts)).scalar_one()
        bodies = [json.loads(body)["data"] for body in connection.execute(select(outbox.c.body)).scalars()]
    assert facts == {"bounce_kind": "HARD"}
    assert (bodies[0]["return_date"], bodies[1]["bounce_kind"]) == ("2026-03-09", "HARD")


def test_what_needs_a_second_look_is_found_by_its_index(engine: Engine, reply: int) -> None:
    assert reply
    wanted = inbound_emails.c.classification_facts.contains({"needs_review": True})
    query = select(inbound_emails.c.id).where(wanted).order_by(inbound_emails.c.received_at.desc()).limit(20)
    with engine.connect() as connection:
        connection.execute(text("SET LOCAL enable_seqscan = off"))
        compiled = query.compile(connection)
        given = {
            name: json.dumps(value) if isinstance(value, dict) else value
            for name, value in compiled.construct_params().items()
        }
        explained = connection.exec_driver_sql(f"EXPLAIN {compiled}", given)
        plan = "\n".join(explained.scalars())
    assert "ix_inbound_emails_needs_review" in plan
