"""`cam reclassify`: today's version over replies that an earlier one understood."""

import json
import sys
from collections.abc import Callable
from io import BytesIO, TextIOWrapper

import pytest
from sqlalchemy import Engine, Row, insert, select

from console.reclassifying import apply
from services.classifier.rules import VERSION
from shared.tables import inbound_emails, leads, mailboxes, outbox, suppressions
from shared.unit_of_work import UnitOfWork
from tests.handlers.console.conftest import Cam

Store = Callable[..., int]
AnyRow = Row[*tuple[object, ...]]


@pytest.fixture
def store(engine: Engine, spring: str) -> Store:
    """Store replies of joe@a.example as an earlier version understood them."""
    assert spring
    with engine.connect() as connection:
        lead = connection.execute(select(leads).where(leads.c.email == "joe@a.example")).one()
        box = connection.execute(select(mailboxes.c.id)).scalar_one()

    def stored(uid: int, body: str, meaning: str | None, **more: object) -> int:
        place = {"mailbox_id": box, "folder": "INBOX", "uidvalidity": 1, "uid": uid}
        row = place | {"lead_id": lead.id, "campaign_id": lead.campaign_id, "body": body, "subject": "Re: hello"}
        row |= {"classification": meaning, "classification_revision": 1, "classification_version": "rules-0"}
        with engine.begin() as connection:
            statement = insert(inbound_emails).values(row | more).returning(inbound_emails.c.id)
            return int(connection.execute(statement).scalar_one())

    return stored


@pytest.fixture
def replies(store: Store) -> list[int]:
    """Store four replies of which two were misunderstood, and a failed delivery of which little was known."""
    failed = {"action": "failed", "status": "5.1.1", "diagnostic": "550 5.1.1 user unknown"}
    report = {"type": "delivery-status", "recipients": [failed]}
    return [
        store(1, "Sounds good, call me on Tuesday", "NEGATIVE"),
        store(2, "No thank you.", "NEGATIVE"),
        store(3, "Please unsubscribe me", "POSITIVE"),
        store(4, "", "BOUNCE", report=report, classification_facts={"bounce_kind": "SOFT"}),
        store(5, "Sounds good, call me on Monday", "NEGATIVE"),
    ]


def rows(engine: Engine) -> list[AnyRow]:
    with engine.connect() as connection:
        return list(connection.execute(select(inbound_emails).order_by(inbound_emails.c.id)).all())


def events(engine: Engine) -> list[dict[str, object]]:
    with engine.connect() as connection:
        bodies = connection.execute(select(outbox.c.body).order_by(outbox.c.id)).scalars()
        return [json.loads(body)["data"] for body in bodies]


CHANGES = [
    {"from": "NEGATIVE", "to": "POSITIVE", "count": 2, "examples": [1, 5]},
    {"from": "BOUNCE SOFT", "to": "BOUNCE HARD", "count": 1, "examples": [4]},
    {"from": "POSITIVE", "to": "UNSUB", "count": 1, "examples": [3]},
]


@pytest.mark.usefixtures("replies")
@pytest.mark.parametrize("options", [["--dry-run"], []])
def test_a_dry_run_shows_what_would_change_and_changes_nothing(cam: Cam, engine: Engine, options: list[str]) -> None:
    before = rows(engine)
    ran = cam("reclassify", "--campaign", "spring", *options, "--json")
    assert ran.data == {
        "campaign": "spring",
        "version": VERSION,
        "looked_at": 5,
        "changed": 4,
        "changes": CHANGES,
        "applied": 0,
    }
    shown = cam("reclassify", "--campaign", "spring", *options).out
    assert "4 changes in 5 replies" in shown
    assert "Sounds good, call me on Tuesday" in shown
    assert "nothing is changed yet: --apply" in shown
    assert (rows(engine), events(engine)) == (before, [])


@pytest.mark.usefixtures("replies")
def test_applying_writes_new_revisions_and_announces_them_once(cam: Cam, engine: Engine) -> None:
    unchanged = rows(engine)[1]
    done = cam("reclassify", "--campaign", "spring", "--apply", "--json").data
    assert (done["applied"], done["changes"]) == (4, CHANGES)
    found = rows(engine)
    assert [row.classification for row in found] == ["POSITIVE", "NEGATIVE", "UNSUB", "BOUNCE", "POSITIVE"]
    assert [row.classification_revision for row in found] == [2, 1, 2, 2, 2]
    assert found[1] == unchanged
    assert found[0].classification_version == VERSION
    told = [(event["inbound_email_id"], event["revision"], event["classifier_version"]) for event in events(engine)]
    assert told == [(number, 2, VERSION) for number in (1, 3, 4, 5)]
    with engine.connect() as connection:
        assert [row.target for row in connection.execute(select(suppressions))] == ["joe@a.example"]

    again = cam("reclassify", "--campaign", "spring", "--apply", "--json").data
    assert (again["looked_at"], again["changed"], again["applied"]) == (5, 0, 0)
    assert len(events(engine)) == 4


@pytest.mark.usefixtures("replies")
def test_what_a_person_said_is_not_even_looked_at(cam: Cam, engine: Engine) -> None:
    cam("replies", "relabel", 1, "NEUTRAL")
    cam("replies", "relabel", 5, "NEGATIVE")
    done = cam("reclassify", "--campaign", "spring", "--apply", "--json").data
    assert (done["looked_at"], done["applied"]) == (3, 2)
    assert [row.classification for row in rows(engine)] == ["NEUTRAL", "NEGATIVE", "UNSUB", "BOUNCE", "NEGATIVE"]


@pytest.mark.usefixtures("replies")
def test_it_can_be_broken_off_between_batches_and_begun_again(
    cam: Cam, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.reclassifying.BATCH", 2)
    first = apply(UnitOfWork(engine, source="/cam/console"), 1)
    batch, written = next(first)
    first.close()
    assert (batch.size, written) == (2, 1)
    assert [row.classification_revision for row in rows(engine)] == [2, 1, 1, 1, 1]

    done = cam("reclassify", "--campaign", "spring", "--apply", "--json").data
    assert (done["looked_at"], done["applied"]) == (5, 3)
    assert [event["inbound_email_id"] for event in events(engine)] == [1, 3, 4, 5]


def test_replies_of_other_campaigns_and_not_yet_understood_ones_are_left(cam: Cam, store: Store) -> None:
    store(1, "Please unsubscribe me", "POSITIVE", campaign_id=99)
    store(2, "Please unsubscribe me", None)
    assert cam("reclassify", "--campaign", "spring", "--json").data["looked_at"] == 0


def test_a_second_opinion_gives_way_only_to_a_sure_one(cam: Cam, store: Store) -> None:
    by_model = {"classification_facts": {"second_opinion": "small-1"}}
    store(1, "Hm, the blue one with the long handle", "POSITIVE", **by_model)
    store(2, "No thank you, we are not interested.", "POSITIVE", **by_model)
    found = cam("reclassify", "--campaign", "spring", "--json").data["changes"]
    assert found == [{"from": "POSITIVE", "to": "NEGATIVE", "count": 1, "examples": [2]}]


@pytest.mark.usefixtures("replies")
def test_a_campaign_is_found_by_its_number_too(cam: Cam) -> None:
    assert cam("reclassify", "--campaign", "1", "--json").data["campaign"] == "spring"


@pytest.mark.usefixtures("spring")
@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "Missing option '--campaign'"),
        (("--campaign", "sprin"), "there is no campaign 'sprin' (did you mean 'spring'?)"),
        (("--campaign", "7"), "there is no campaign '7'"),
        (("--campaign", "9" * 40), "there is no campaign"),
        (("--campaign", "spring", "--dry-run", "--apply"), "choose one"),
    ],
)
def test_bad_input_is_told_in_one_line(cam: Cam, words: tuple[str, ...], told: str) -> None:
    refused = cam("reclassify", *words)
    assert (refused.status, refused.err.count("\n")) == (2, 1)
    assert told in refused.err


class Terminal(BytesIO):
    """Standard input that a person types into."""

    def isatty(self) -> bool:
        """Return that it is one."""
        return True


@pytest.mark.usefixtures("replies")
@pytest.mark.parametrize(("typed", "revisions"), [(b"n\n", [1, 1, 1, 1, 1]), (b"y\n", [2, 1, 2, 2, 2])])
def test_a_person_is_asked_before_anything_changes(
    cam: Cam, engine: Engine, monkeypatch: pytest.MonkeyPatch, typed: bytes, revisions: list[int]
) -> None:
    monkeypatch.setattr(sys, "stdin", TextIOWrapper(Terminal(typed)))
    ran = cam("reclassify", "--campaign", "spring")
    assert (ran.status, "4 changes in 5 replies" in ran.out) == (0, True)
    assert "Apply 4 changes?" in ran.out + ran.err
    assert [row.classification_revision for row in rows(engine)] == revisions
