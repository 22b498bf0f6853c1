"""The inbox reads real mailboxes: whatever happens to them, each reply is found once."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, update

from chaos.proxy import Proxy
from shared.database import open_engine
from shared.roles import role_of
from shared.tables import mailboxes
from shared.unit_of_work import UnitOfWork
from tests.adapters.inbox import ONLY_IDLE, PostOffice, replica, watched
from tests.handlers.inbox.letters import letter
from tests.handlers.inbox.world import World
from tests.waiting import eventually


@pytest.fixture
def world(engine: Engine, database_url: str) -> Iterator[World]:
    own = open_engine(database_url, role=role_of("inbox"), pool_size=10)
    yield World(engine, UnitOfWork(own, source="/cam/inbox"))
    own.dispose()


@pytest.fixture
def mailbox(world: World, office: PostOffice) -> int:
    """Return a watched mailbox with a lead who was written to."""
    number = watched(world, office)
    world.contacted(number)
    return number


def _ready(world: World, mailbox: int) -> None:
    eventually(lambda: world.row(mailbox).watch_verified_at and "INBOX" in world.row(mailbox).cursors)


def _subjects(world: World) -> list[str]:
    return [mail.subject for mail in world.arrived()]


def test_idle_announces_a_reply_within_a_second(world: World, office: PostOffice, mailbox: int) -> None:
    with replica(world.uow, patience=ONLY_IDLE):
        _ready(world, mailbox)
        for count in range(1, 6):
            accepted = office.deliver(letter(subject=f"Re: {count}"))
            eventually(lambda count=count: len(world.arrived()) == count, every=0.005)  # type: ignore[misc]
            assert time.monotonic() - accepted < 1


def test_mail_that_comes_while_others_are_being_read_waits_for_no_poll(
    world: World, office: PostOffice, mailbox: int
) -> None:
    with replica(world.uow, patience=ONLY_IDLE):
        _ready(world, mailbox)
        for count in range(60):
            office.deliver(letter(subject=f"Re: {count}"))
        eventually(lambda: len(world.arrived()) == 60, deadline_seconds=10)
    assert len(world.announced()) == 60


@pytest.mark.usefixtures("mailbox")
def test_mail_that_a_person_has_read_elsewhere_is_found(world: World, office: PostOffice) -> None:
    office.deliver(letter())
    with office.owner() as owner:
        owner.select_folder("INBOX")
        owner.add_flags(owner.search(), [b"\\Seen"])

    with replica(world.uow):
        eventually(lambda: len(world.arrived()) == 1)


@pytest.mark.usefixtures("mailbox")
def test_reading_marks_nothing_as_seen(world: World, office: PostOffice) -> None:
    office.deliver(letter())
    with replica(world.uow):
        eventually(lambda: len(world.arrived()) == 1)

    with office.owner() as owner:
        owner.select_folder("INBOX", readonly=True)
        assert owner.search("UNSEEN") == [1]


def test_nothing_new_behind_the_cursor_reads_the_last_mail_only_once(
    world: World, office: PostOffice, mailbox: int
) -> None:
    office.deliver(letter())
    with replica(world.uow):
        eventually(lambda: len(world.arrived()) == 1)
        seen = world.row(mailbox).watch_verified_at
        eventually(lambda: world.row(mailbox).watch_verified_at > seen)

    with replica(world.uow, "two"):
        seen = world.row(mailbox).watch_verified_at
        eventually(lambda: world.row(mailbox).watch_verified_at > seen)
    assert len(world.announced()) == 1
    assert world.row(mailbox).unmatched_count == 0


def test_mail_from_before_the_mailbox_was_known_is_left_alone(world: World, office: PostOffice) -> None:
    with office.owner() as owner:
        owner.append("INBOX", letter(subject="old").as_bytes(), msg_time=datetime.now(UTC) - timedelta(days=9))
        owner.append("INBOX", letter(subject="new").as_bytes())
    mailbox = watched(world, office)
    world.contacted(mailbox)

    with replica(world.uow):
        eventually(lambda: _subjects(world) == ["new"])
        _ready(world, mailbox)
    assert world.row(mailbox).cursors["INBOX"]["last_uid"] == 2


@pytest.mark.usefixtures("mailbox")
def test_a_changed_uidvalidity_is_walked_again_without_a_duplicate(world: World, office: PostOffice) -> None:
    office.deliver(letter(subject="one"))
    with replica(world.uow):
        eventually(lambda: _subjects(world) == ["one"])
    with world.owner.begin() as connection:
        old = {"INBOX": {"uidvalidity": 1, "last_uid": 900}}
        connection.execute(update(mailboxes).values(cursors=old))
    office.deliver(letter(subject="two"))

    with replica(world.uow):
        eventually(lambda: len(world.arrived()) == 2)
    assert _subjects(world) == ["one", "two"]
    assert len(world.announced()) == 2


def test_a_broken_mail_between_two_good_ones_harms_neither(world: World, office: PostOffice, mailbox: int) -> None:
    with office.owner() as owner:
        for raw in (letter(subject="one").as_bytes(), b"\r\nno header at all\r\n", letter(subject="two").as_bytes()):
            owner.append("INBOX", raw)

    with replica(world.uow):
        eventually(lambda: len(world.arrived()) == 3)
    assert [bool(mail.parse_error) for mail in world.arrived()] == [False, True, False]
    assert world.announced() == ["reply.received", "reply.received"]
    assert world.row(mailbox).unparsable_count == 1


@pytest.mark.usefixtures("mailbox")
def test_a_huge_mail_is_read_only_in_part(world: World, office: PostOffice) -> None:
    huge = letter("Yes.\n" + "filler " * 400_000)
    office.deliver(huge)

    with replica(world.uow):
        eventually(lambda: len(world.arrived()) == 1)
    (mail,) = world.arrived()
    assert mail.size_bytes > 2_000_000
    assert mail.body.startswith("Yes.")
    assert len(mail.body) <= 65_536


def test_a_reply_in_the_junk_folder_is_found(world: World, office: PostOffice, mailbox: int) -> None:
    with replica(world.uow):
        _ready(world, mailbox)
        with office.owner() as owner:
            owner.append("Junk", letter().as_bytes())
        eventually(lambda: len(world.arrived()) == 1)
    assert world.arrived()[0].folder == "Junk"


def test_two_replicas_read_a_mailbox_once_and_the_other_one_takes_over_after_a_drain(
    world: World, office: PostOffice, mailbox: int
) -> None:
    with replica(world.uow, "one") as stop:
        _ready(world, mailbox)
        with replica(world.uow, "two"):
            assert world.row(mailbox).lease_holder == "one"
            office.deliver(letter())
            eventually(lambda: len(world.arrived()) == 1)
            began = time.monotonic()
            stop.set()
            eventually(lambda: world.row(mailbox).lease_holder == "two")
            assert time.monotonic() - began < 2
            office.deliver(letter())
            eventually(lambda: len(world.arrived()) == 2)
    assert len(world.announced()) == 2


def test_the_lease_of_a_dead_holder_is_taken_over_after_its_time(world: World, mailbox: int) -> None:
    dead = world.lease("dead", seconds=1)

    with replica(world.uow, "two"):
        eventually(lambda: world.row(mailbox).lease_holder == "two")
        assert world.row(mailbox).lease_token == dead.token + 1


def test_a_lease_is_renewed_while_its_holder_works(world: World, mailbox: int) -> None:
    with replica(world.uow, "one", lease_seconds=0.6):
        _ready(world, mailbox)
        before = world.row(mailbox)
        eventually(lambda: world.row(mailbox).lease_expires_at > before.lease_expires_at + timedelta(seconds=0.8))
        assert world.row(mailbox).lease_token == before.lease_token


def test_a_wrong_password_rests_only_its_mailbox_and_ends_by_itself(
    world: World, office: PostOffice, mailbox: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEST_INBOX_WRONG", "wrong")
    other = PostOffice(office.server, office.server.new_account())
    paused = watched(world, other, imap_password_ref="env:TEST_INBOX_WRONG")

    with replica(world.uow):
        eventually(lambda: world.row(paused).watch_paused_reason)
        office.deliver(letter())
        eventually(lambda: len(world.arrived()) == 1)
        assert world.announced().count("alert.requested") == 1
        assert world.row(mailbox).watch_paused_reason is None

        monkeypatch.setenv("TEST_INBOX_WRONG", office.account.password)
        eventually(lambda: world.row(paused).watch_paused_reason is None)
    assert world.announced().count("alert.requested") == 1


def test_a_missing_secret_pauses_the_mailbox_and_names_what_is_missing(world: World, office: PostOffice) -> None:
    mailbox = watched(world, office, imap_password_ref="env:TEST_INBOX_NOWHERE")

    with replica(world.uow):
        eventually(lambda: "TEST_INBOX_NOWHERE" in str(world.row(mailbox).watch_paused_reason))


def test_a_server_that_went_away_is_found_again_when_it_is_back(world: World, office: PostOffice) -> None:
    with Proxy((office.server.imap_host, office.server.imap_port)) as road:
        mailbox = watched(world, office, imap_port=road.port)
        world.contacted(mailbox)
        with replica(world.uow, patience=ONLY_IDLE):
            _ready(world, mailbox)
            road.shut()
            office.deliver(letter())
            road.clear()
            eventually(lambda: len(world.arrived()) == 1)


def test_a_watcher_ends_at_once_although_it_waits_for_news(world: World, mailbox: int) -> None:
    with replica(world.uow, patience=ONLY_IDLE) as stop:
        _ready(world, mailbox)
        began = time.monotonic()
        stop.set()
        eventually(lambda: world.row(mailbox).lease_holder is None, every=0.005)
        assert time.monotonic() - began < 1
