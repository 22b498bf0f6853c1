"""What a dead sender left behind is settled by its journals, as if it had lived; without them, by its leases."""

import os
import resource
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from services.sender.claim import claim
from services.sender.jobs import settle
from services.sender.journals import Journal, Journals
from services.sender.outgoing import OutgoingEmail
from services.sender.rules import SendResult, Verdict
from shared.errors import ConfigurationError
from shared.states import Provider
from shared.tables import leads
from shared.unit_of_work import UnitOfWork
from tests.handlers.sender.world import DATABASE_URL, NOON, FakeProvider, World, run_in, run_once, settings

SENT = SendResult(Verdict.SENT, provider_id="250 queued")


@pytest.fixture
def journals(tmp_path: Path) -> Journals:
    return Journals.at(tmp_path / "journals", DATABASE_URL)


def claimed(
    world: World, uow: UnitOfWork, journal: Journal, count: int, kind: Provider = Provider.SMTP
) -> list[OutgoingEmail]:
    """Claim a batch as a lane does."""
    emails = world.many(world.campaign(world.mailbox(provider=kind)), count)
    with uow.begin() as tx:
        return claim(tx, emails, settings(), kind, journal.name)


def died(world: World, uow: UnitOfWork, journals: Journals, kind: Provider = Provider.SMTP) -> list[int]:
    """Die after one e-mail was answered, one refused, one begun, and two not."""
    journal = journals.open()
    emails = claimed(world, uow, journal, 5, kind)
    for email in emails[:3]:
        journal.begin(email.token)
    journal.answer(emails[0].token, SENT, NOON - timedelta(seconds=7))
    journal.answer(emails[1].token, SendResult(Verdict.DEAD_ADDRESS, "550 5.1.1 nobody"), NOON)
    journal.close()
    return [email.id for email in emails]


def statuses(world: World, emails: list[int]) -> list[str]:
    return [world.email(email)["status"] for email in emails]


def test_each_e_mail_of_the_dead_is_settled_exactly_and_at_once(
    world: World, uow: UnitOfWork, journals: Journals
) -> None:
    emails = died(world, uow, journals)
    settle(uow, settings=settings(), journals=journals)
    assert statuses(world, emails) == ["SENT", "FAILED", "UNKNOWN", "QUEUED", "QUEUED"]
    sent, failed, unknown, *queued = [world.email(email) for email in emails]
    assert (sent["sent_at"], sent["provider_id"]) == (NOON - timedelta(seconds=7), "250 queued")
    assert sent["silent_at"] == sent["sent_at"] + timedelta(days=3)
    assert world.row(leads, sent["lead_id"])["last_contacted_at"] == sent["sent_at"]
    assert failed["error_message"] == "DEAD_ADDRESS: 550 5.1.1 nobody"
    assert "vanished" in unknown["error_message"]
    assert [(row["attempts"], row["lease_token"], row["error_message"]) for row in queued] == [(0, None, None)] * 2
    assert sorted(world.announced()) == ["alert.requested", "lead.timeout"]


def test_settling_again_changes_nothing(world: World, uow: UnitOfWork, journals: Journals) -> None:
    emails = died(world, uow, journals)
    settle(uow, settings=settings(), journals=journals)
    before = [dict(world.email(email)) for email in emails]
    settle(uow, settings=settings(), journals=journals)
    assert [dict(world.email(email)) for email in emails] == before
    assert len(world.announced()) == 2


def test_what_was_never_begun_is_sent_in_the_next_run(
    world: World, uow: UnitOfWork, journals: Journals, provider: FakeProvider
) -> None:
    emails = died(world, uow, journals)
    settle(uow, settings=settings(), journals=journals)
    run_once(uow, provider)
    assert [(email.id, email.attempts) for email in provider.handed] == [(email, 1) for email in emails[3:]]


def test_what_resend_may_have_taken_is_asked_again_under_its_key(
    world: World, uow: UnitOfWork, journals: Journals, provider: FakeProvider
) -> None:
    emails = died(world, uow, journals, Provider.RESEND)
    settle(uow, settings=settings(), journals=journals)
    assert statuses(world, emails) == ["SENT", "FAILED", "QUEUED", "QUEUED", "QUEUED"]
    run_once(uow, provider)
    assert [email.doubtful for email in provider.handed] == [True, False, False]


def test_the_journal_of_a_living_sender_is_nobody_s_business(world: World, uow: UnitOfWork, journals: Journals) -> None:
    journal = journals.open()
    emails = [email.id for email in claimed(world, uow, journal, 3)]
    settle(uow, settings=settings(), journals=journals)
    assert statuses(world, emails) == ["SENDING"] * 3
    journal.discard()


def test_a_frozen_sender_s_journal_is_sealed_when_its_lease_is_over_so_that_it_begins_nothing_more(
    world: World, uow: UnitOfWork, journals: Journals
) -> None:
    journal = journals.open()
    emails = claimed(world, uow, journal, 40)
    ids = [email.id for email in emails]
    journal.begin(emails[0].token)
    journal.answer(emails[0].token, SENT, NOON)
    journal.begin(emails[1].token)
    world.clock.forward(minutes=5)
    settle(uow, settings=settings(), journals=journals)
    assert statuses(world, ids) == ["SENT", "UNKNOWN", *["QUEUED"] * 38]
    with pytest.raises(OSError, match="sealed"):
        journal.begin(emails[2].token)
    journal.answer(emails[1].token, SENT, world.clock())
    journal.close()
    settle(uow, settings=settings(), journals=journals)
    assert statuses(world, ids) == ["SENT", "UNKNOWN", *["QUEUED"] * 38]


def test_after_a_restart_of_the_machine_answers_count_and_silence_proves_nothing(
    world: World, uow: UnitOfWork, journals: Journals, tmp_path: Path
) -> None:
    emails = died(world, uow, journals)
    restarted = Journals(tmp_path / "journals", DATABASE_URL, "another boot")
    settle(uow, settings=settings(), journals=restarted)
    assert statuses(world, emails) == ["SENT", "FAILED", "SENDING", "SENDING", "SENDING"]
    world.clock.forward(minutes=5)
    settle(uow, settings=settings(), journals=restarted)
    assert statuses(world, emails) == ["SENT", "FAILED", "UNKNOWN", "QUEUED", "QUEUED"]


def lost(folder: Path) -> None:
    for path in folder.iterdir():
        path.unlink()


def emptied(folder: Path) -> None:
    for path in folder.iterdir():
        path.write_bytes(b"")


@pytest.mark.parametrize("mischief", [lost, emptied])
def test_without_its_journal_a_batch_waits_for_its_lease(
    world: World, uow: UnitOfWork, journals: Journals, tmp_path: Path, mischief: Callable[[Path], None]
) -> None:
    emails = died(world, uow, journals)
    mischief(tmp_path / "journals")
    settle(uow, settings=settings(), journals=journals)
    assert statuses(world, emails) == ["SENDING"] * 5
    world.clock.forward(minutes=5)
    settle(uow, settings=settings(), journals=journals)
    assert statuses(world, emails) == ["UNKNOWN", "QUEUED", "QUEUED", "QUEUED", "QUEUED"]


def test_an_earlier_attempt_s_journal_says_nothing_about_a_later_one(
    world: World, uow: UnitOfWork, journals: Journals
) -> None:
    emails = died(world, uow, journals)
    settle(uow, settings=settings(), journals=journals)
    later = journals.open()
    with uow.begin() as tx:
        again = claim(tx, emails[3:], settings(), Provider.SMTP, later.name)
    for email in again:
        later.begin(email.token)
    settle(uow, settings=settings(), journals=journals)
    assert statuses(world, emails[3:]) == ["SENDING", "SENDING"]
    later.close()
    settle(uow, settings=settings(), journals=journals)
    assert statuses(world, emails[3:]) == ["UNKNOWN", "UNKNOWN"]


def test_another_installation_s_journals_in_the_same_folder_are_left_alone(
    world: World, uow: UnitOfWork, journals: Journals, tmp_path: Path
) -> None:
    emails = died(world, uow, Journals.at(tmp_path / "journals", "postgresql://cam:secret@elsewhere/cam"))
    settle(uow, settings=settings(), journals=journals)
    assert statuses(world, emails) == ["SENDING"] * 5


def test_a_record_that_failed_while_the_sender_lived_is_made_good_by_the_journal(
    world: World, uow: UnitOfWork, journals: Journals
) -> None:
    journal = journals.open()
    (email,) = claimed(world, uow, journal, 1)
    journal.begin(email.token)
    journal.answer(email.token, SENT, NOON)
    journal.close()
    world.clock.forward(minutes=10)
    settle(uow, settings=settings(), journals=journals)
    assert world.email(email.id)["sent_at"] == NOON


def test_nothing_of_a_run_is_left_when_all_is_recorded(
    world: World, uow: UnitOfWork, provider: FakeProvider, tmp_path: Path
) -> None:
    world.many(world.campaign(world.mailbox()), 30)
    run_in(tmp_path, uow, provider)
    assert len(provider.handed) == 30
    assert list(tmp_path.iterdir()) == []


def test_a_batch_whose_journal_can_not_be_kept_is_sent_one_by_one(
    world: World, uow: UnitOfWork, provider: FakeProvider, tmp_path: Path
) -> None:
    world.many(world.campaign(world.mailbox()), 30)
    run_in(tmp_path / "no such folder", uow, provider)
    assert len(provider.handed) == 30
    assert {email.token.rpartition(":")[2] for email in provider.handed} == {"1"}


def on_a_full_disk(path: Path) -> Journal:
    return Journal(path, os.open("/dev/full", os.O_WRONLY))


def test_a_journal_on_a_full_disk_is_taken_away_so_that_its_silence_proves_nothing(
    world: World, uow: UnitOfWork, journals: Journals, tmp_path: Path
) -> None:
    kept = journals.open()
    (path,) = (tmp_path / "journals").iterdir()
    journal = on_a_full_disk(path)
    emails = claimed(world, uow, journal, 2)
    journal.begin(emails[0].token)
    journal.answer(emails[0].token, SENT, NOON)
    journal.close()
    kept.close()
    assert not path.exists()
    settle(uow, settings=settings(), journals=journals)
    assert statuses(world, [email.id for email in emails]) == ["SENDING", "SENDING"]


def test_after_half_a_line_a_journal_is_taken_away_because_the_next_line_would_be_read_as_its_end(
    world: World, uow: UnitOfWork, journals: Journals, tmp_path: Path
) -> None:
    journal = journals.open()
    (path,) = (tmp_path / "journals").iterdir()
    emails = claimed(world, uow, journal, 2)
    journal.begin(emails[0].token)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size + 20, before[1]))
    try:
        journal.answer(emails[0].token, SENT, NOON)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    journal.begin(emails[1].token)
    journal.close()
    settle(uow, settings=settings(), journals=journals)
    assert statuses(world, [email.id for email in emails]) == ["SENDING", "SENDING"]
    assert not path.exists()


def test_an_e_mail_may_not_leave_while_its_journal_can_neither_be_written_nor_taken_away(tmp_path: Path) -> None:
    folder = tmp_path / "here.name.journal"  # nobody can unlink a folder
    folder.mkdir()
    journal = on_a_full_disk(folder)
    with pytest.raises(OSError, match=r"here\.name\.journal"):
        journal.begin("SMTP:x:000:1")
    journal.close()


def test_a_folder_that_can_not_be_written_is_refused_by_the_name_of_its_setting(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(ConfigurationError, match=r"^AICMO_CAM_SENDER_JOURNAL_FOLDER: .*file/journals can't be written"):
        Journals.at(tmp_path / "file" / "journals", DATABASE_URL)
