"""What becomes of e-mails that arrived: stored, announced, counted or refused, always together with the cursor."""

import pytest
from sqlalchemy import event, text

from services.inbox import leases, matching
from services.inbox.rules import Cursor
from services.inbox.store import Folder, Letter, store
from shared.errors import LostLeaseError
from shared.mail.parsing import parse_email
from tests.handlers.inbox.letters import bounce, letter
from tests.handlers.inbox.world import NOON, World


def test_a_reply_in_the_thread_is_stored_and_announced_and_the_cursor_moves(world: World) -> None:
    mailbox = world.mailbox()
    lead = world.contacted(mailbox)

    stored = world.store(world.lease(), letter(sender="Another <colleague@acme.example>").as_bytes())

    (mail,) = world.arrived()
    assert stored.replies == 1
    assert (mail.lead_id, mail.matched_by, mail.from_address) == (lead, "THREAD", "colleague@acme.example")
    assert mail.body.strip() == "Yes, call me."
    assert mail.report is None
    assert world.announced() == ["reply.received"]
    assert world.row(mailbox).cursors == {"INBOX": {"uidvalidity": 7, "last_uid": 1}}


def test_a_bounce_finds_its_lead_by_the_returned_message_id(world: World) -> None:
    lead = world.contacted(world.mailbox())

    world.store(world.lease(), bounce())

    (mail,) = world.arrived()
    assert (mail.lead_id, mail.matched_by) == (lead, "BOUNCE")
    assert mail.report["recipients"][0]["status"] == "5.1.1"


def test_a_bounce_without_the_returned_mail_finds_its_lead_by_the_recipient(world: World) -> None:
    lead = world.contacted(world.mailbox())

    world.store(world.lease(), bounce(returned_id=None))

    (mail,) = world.arrived()
    assert (mail.lead_id, mail.matched_by) == (lead, "ADDRESS")


def test_a_new_thread_belongs_to_the_lead_that_was_written_to_last(world: World) -> None:
    mailbox = world.mailbox()
    world.contacted(mailbox, sent_at=NOON.replace(day=1), message_id="<old@cam.test>")
    latest = world.contacted(mailbox, sent_at=NOON)

    world.store(world.lease(), letter(answers=None).as_bytes())

    assert [mail.lead_id for mail in world.arrived()] == [latest]


def test_somebody_we_never_wrote_to_is_counted_and_not_kept(world: World) -> None:
    mailbox = world.mailbox()
    world.contacted(mailbox, state="QUEUED", sent_at=None)

    world.store(world.lease(), letter(answers=None).as_bytes())

    assert world.arrived() == []
    assert world.announced() == []
    assert world.row(mailbox).unmatched_count == 1


def test_the_same_mail_in_another_place_is_not_announced_again(world: World) -> None:
    mailbox = world.mailbox()
    world.contacted(mailbox)
    lease, mail = world.lease(), letter().as_bytes()

    world.store(lease, mail)
    world.store(lease, mail, uidvalidity=8)
    world.store(lease, mail, mail, folder="Junk")

    assert len(world.arrived()) == 1
    assert world.announced() == ["reply.received"]
    assert world.row(mailbox).cursors["INBOX"] == {"uidvalidity": 8, "last_uid": 1}


def test_a_mail_without_message_id_is_known_again_too(world: World) -> None:
    world.contacted(world.mailbox())
    mail = letter()
    del mail["Message-ID"]
    lease = world.lease()

    world.store(lease, mail.as_bytes())
    world.store(lease, mail.as_bytes(), uidvalidity=8)

    assert len(world.arrived()) == 1


def test_our_own_follow_up_in_the_inbox_is_no_reply(world: World) -> None:
    world.contacted(world.mailbox())

    stored = world.store(world.lease(), letter(sender=world.address).as_bytes())

    assert stored.ignored == {"OWN": 1}
    assert world.arrived() == []


def test_nul_and_broken_characters_are_removed_before_the_database_sees_them(world: World) -> None:
    world.contacted(world.mailbox())
    raw = (
        letter(subject="x").as_bytes().replace(b"Yes,", b"Y\x00es \xff,").replace(b"Subject: x", b"Subject: a\x00\xffb")
    )

    world.store(world.lease(), raw)

    (mail,) = world.arrived()
    assert mail.body.startswith("Yes")
    assert mail.subject.startswith("a")


def test_what_cannot_be_read_is_kept_with_its_reason_and_announces_nothing(world: World) -> None:
    mailbox = world.mailbox()
    lease = world.lease()
    broken = Letter(1, 200_000, problem="no header field\x00", raw=b"\x00" * 100_000)

    store(world.uow, Folder(lease, frozenset({world.address}), "INBOX"), [broken], Cursor(7, 1))

    (mail,) = world.arrived()
    assert (mail.parse_error, mail.raw, mail.size_bytes) == ("no header field", b"\x00" * 65_536, 200_000)
    assert world.announced() == []
    assert world.row(mailbox).unparsable_count == 1


def test_a_late_write_of_an_old_holder_is_refused_as_a_whole(world: World) -> None:
    mailbox = world.mailbox()
    world.contacted(mailbox)
    old = world.lease("one")
    world.expire(mailbox)
    new = world.lease("two")

    with pytest.raises(LostLeaseError):
        world.store(old, letter().as_bytes())

    assert new.token == old.token + 1
    assert world.arrived() == []
    assert world.announced() == []
    assert world.row(mailbox).cursors == {}


def test_a_lease_that_is_held_is_taken_by_nobody_else_until_it_ends(world: World) -> None:
    mailbox = world.mailbox()
    world.lease("one")

    assert leases.take(world.uow, "two", 30, []) == []
    world.expire(mailbox)
    assert [lease.mailbox_id for lease in leases.take(world.uow, "two", 30, [])] == [mailbox]


def test_a_released_lease_is_free_at_once_and_an_old_one_releases_nothing(world: World) -> None:
    mailbox = world.mailbox()
    first = world.lease("one")
    leases.release(world.uow, first)
    world.lease("two")

    leases.release(world.uow, first)

    assert world.row(mailbox).lease_holder == "two"


def test_a_renewed_lease_lasts_and_a_lost_one_is_named(world: World) -> None:
    mailbox = world.mailbox()
    lease = world.lease("one", seconds=0.001)

    assert leases.renew(world.uow, "one", 30, [mailbox]) == {mailbox: lease.token}
    assert leases.take(world.uow, "two", 30, []) == []
    assert leases.renew(world.uow, "two", 30, [mailbox]) == {}


def test_a_pause_rests_the_mailbox_and_tells_a_human_once(world: World) -> None:
    mailbox = world.mailbox()
    lease = world.lease()

    assert leases.pause(world.uow, lease, "wrong password", rest_seconds=300)
    assert not leases.pause(world.uow, lease, "wrong password", rest_seconds=300)
    leases.release(world.uow, lease)

    assert world.announced() == ["alert.requested"]
    assert world.row(mailbox).watch_paused_reason == "wrong password"
    assert leases.take(world.uow, "two", 30, []) == []


def test_a_mailbox_without_an_imap_server_is_watched_by_nobody(world: World) -> None:
    world.mailbox(imap_host=None)

    assert leases.take(world.uow, "one", 30, []) == []


def test_a_mail_without_a_message_id_is_looked_for_by_an_index_however_many_there_are(world: World) -> None:
    mailbox = world.mailbox()
    many = "SELECT :mailbox, 'INBOX', 1, n, 'subject ' || n FROM generate_series(1, 3000) AS n"
    with world.owner.begin() as connection:
        connection.execute(
            text(f"INSERT INTO inbound_emails (mailbox_id, folder, uidvalidity, uid, subject) {many}"),
            {"mailbox": mailbox},
        )
        connection.execute(text("ANALYZE inbound_emails"))
    asked: list[tuple[str, dict[str, object]]] = []
    nameless = letter(subject="subject 7")
    del nameless["Message-ID"]

    event.listen(world.owner, "before_cursor_execute", lambda *call: asked.append((call[2], call[3])))
    with world.owner.connect() as connection:
        matching.known(connection, mailbox, [parse_email(nameless.as_bytes())])
        plan = connection.exec_driver_sql(f"EXPLAIN {asked[0][0]}", asked[0][1]).scalars().all()

    assert any("ix_inbound_emails_nameless" in line for line in plan), plan
