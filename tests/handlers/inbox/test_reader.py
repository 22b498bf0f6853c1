"""Reading from a mail server that misbehaves: no e-mail holds up the others, none is lost."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

import pytest

from services.inbox import leases
from services.inbox.imap import CommandRefusedError, Selected, ServerAwayError
from services.inbox.reader import Reader
from tests.handlers.inbox.letters import letter
from tests.handlers.inbox.world import World


@dataclass(slots=True)
class FakeSource:
    """A folder of replies with the UIDs 1, 2, 3, ...; some of them can't be had."""

    count: int
    refused: set[int] = field(default_factory=set)
    deadly: set[int] = field(default_factory=set)
    huge: set[int] = field(default_factory=set)  # their sizes are larger than the table can hold
    asked: list[int] = field(default_factory=list)
    arriving: int = 0  # so many more come, each right after a search that found nothing
    announced: bool = False

    def open(self, folder: str) -> Selected:
        """Answer the same for every folder."""
        assert folder
        return Selected(7, self.count + 1)

    def uids_from(self, uid: int) -> list[int]:
        """Name the last e-mail even if nothing is new."""
        found = [*range(uid, self.count + 1)] or [self.count]
        if self.arriving and uid > self.count:
            self.arriving, self.count, self.announced = self.arriving - 1, self.count + 1, True
        return found

    def uids_since(self, day: date) -> list[int]:
        """Name all."""
        assert day
        return [*range(1, self.count + 1)]

    def sizes(self, uids: Sequence[int]) -> dict[int, int]:
        """Answer with one size for all."""
        return dict.fromkeys(uids, 1000)

    def emails(self, uids: Sequence[int], cap: int) -> dict[int, tuple[int, bytes]]:
        """Write the replies, or fail."""
        self.asked.append(len(uids))
        if self.deadly & set(uids):
            raise ServerAwayError("hung up")
        if self.refused & set(uids):
            raise CommandRefusedError("no such part")
        return {uid: (2**40 if uid in self.huge else 1000, letter(subject=str(uid)).as_bytes()[:cap]) for uid in uids}

    def told_of_news(self) -> bool:
        """Say once that an e-mail arrived."""
        told, self.announced = self.announced, False
        return told


def _reader(world: World) -> Reader:
    world.contacted(world.mailbox())
    lease = world.lease()
    return Reader(world.uow, lease, leases.load(world.uow, lease), 65_536)


def _outcome(world: World) -> dict[int, bool]:
    return {mail.uid: mail.parse_error is None for mail in world.arrived()}


def test_many_mails_are_read_in_batches(world: World) -> None:
    source = FakeSource(1_050)

    _reader(world).catch_up(source, "INBOX")

    assert source.asked == [500, 500, 50]
    assert len(world.arrived()) == 1_050
    assert len(world.announced()) == 1_050


def test_a_mail_that_the_server_refuses_is_noted_and_the_others_are_read(world: World) -> None:
    _reader(world).catch_up(FakeSource(3, refused={2}), "INBOX")

    assert _outcome(world) == {1: True, 2: False, 3: True}


def test_a_mail_that_makes_the_server_hang_up_is_given_up_after_some_times(world: World) -> None:
    reader, source = _reader(world), FakeSource(3, deadly={2})

    for _ in range(6):
        with pytest.raises(ServerAwayError):
            reader.catch_up(source, "INBOX")
    reader.catch_up(source, "INBOX")

    assert _outcome(world) == {1: True, 2: False, 3: True}


def test_a_server_that_goes_away_once_costs_no_mail(world: World) -> None:
    reader, source = _reader(world), FakeSource(3, deadly={3})
    with pytest.raises(ServerAwayError):
        reader.catch_up(source, "INBOX")

    source.deadly.clear()
    reader.catch_up(source, "INBOX")

    assert _outcome(world) == {1: True, 2: True, 3: True}


def test_what_is_announced_while_others_are_read_is_read_at_once(world: World) -> None:
    _reader(world).catch_up(FakeSource(1, arriving=3), "INBOX")

    assert len(world.arrived()) == 4


def test_a_folder_is_behind_when_its_uids_went_on_or_changed(world: World) -> None:
    reader = _reader(world)
    assert reader.is_behind("INBOX", Selected(7, 1))
    reader.catch_up(FakeSource(3), "INBOX")

    assert not reader.is_behind("INBOX", Selected(7, 4))
    assert reader.is_behind("INBOX", Selected(7, 5))
    assert reader.is_behind("INBOX", Selected(8, 4))


def test_a_batch_that_was_fetched_is_stored_although_the_server_goes_away_at_the_next_one(world: World) -> None:
    reader = _reader(world)
    with pytest.raises(ServerAwayError):
        reader.catch_up(FakeSource(1_050, deadly={700}), "INBOX")

    assert [mail.uid for mail in world.arrived()] == [*range(1, 501)]
    cursors = world.row(1).cursors
    assert cursors["INBOX"] == {"uidvalidity": 7, "last_uid": 500}


def test_a_mail_that_cant_be_stored_harms_no_other_and_the_order_stays(world: World) -> None:
    _reader(world).catch_up(FakeSource(510, huge={3, 505}), "INBOX")

    arrived = world.arrived()
    assert [mail.uid for mail in arrived] == [*range(1, 511)]
    assert [mail.uid for mail in arrived if mail.parse_error] == [3, 505]
