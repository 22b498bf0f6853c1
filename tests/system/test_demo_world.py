"""The pretend internet itself, over real SMTP, LMTP and IMAP."""

import json
import smtplib
import urllib.request
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import make_msgid
from pathlib import Path

import pytest
from imapclient import IMAPClient

from demo.people import SHARES
from demo.postman import Letterbox
from demo.sink import AlertSink
from demo.world import World
from shared.events import Classification
from tests.endpoints import Mailserver
from tests.waiting import eventually

DAY_SECONDS = 0.1


class Campaign:
    """Writes to prospects and reads its own mailbox."""

    def __init__(self, world: World, mailserver: Mailserver) -> None:
        self.address, self._password = mailserver.new_account()
        self._world = world
        self._mailserver = mailserver

    def writes_to(self, lead: str, *, after: str = "") -> str:
        """Send one e-mail and return its Message-ID."""
        message = EmailMessage(policy=policy.SMTP)
        message["From"] = f"Alex Morgan <{self.address}>"
        message["To"] = lead
        message["Subject"] = "Your morning routine"
        message["Message-ID"] = make_msgid(domain="cam.test")
        if after:
            message["In-Reply-To"] = message["References"] = after
        message.set_content("Hello,\n\nshall we talk?\n\nAlex\nTo unsubscribe, just answer with that word.\n")
        with smtplib.SMTP("127.0.0.1", self._world.smtp_port, local_hostname="cam.test") as smtp:
            smtp.send_message(message)
        return str(message["Message-ID"])

    def finds(self, count: int) -> list[EmailMessage]:
        """Return what lies in the mailbox once `count` answers are there."""
        eventually(lambda: self._world.quiet() and len(self._world.ledger.delivered) >= count)
        with IMAPClient(self._mailserver.imap_host, self._mailserver.imap_port, ssl=False) as imap:
            imap.login(self.address, self._password)
            imap.select_folder("INBOX", readonly=True)
            fetched = imap.fetch(imap.search(), ["BODY.PEEK[]"])
        return [message_from_bytes(fetched[uid][b"BODY[]"], policy=policy.default) for uid in sorted(fetched)]


@pytest.fixture
def world(mailserver: Mailserver, tmp_path: Path) -> Iterator[World]:
    letterbox = Letterbox(mailserver.lmtp_host, mailserver.lmtp_port)
    world = World(letterbox, day_seconds=DAY_SECONDS, journal=tmp_path / "world.jsonl")
    world.start()
    yield world
    world.stop()


@pytest.fixture
def campaign(world: World, mailserver: Mailserver) -> Campaign:
    return Campaign(world, mailserver)


def test_a_reply_lies_in_the_mailbox_with_the_thread_in_its_head(campaign: Campaign, world: World) -> None:
    sent = campaign.writes_to("jane.doe@html-1.example")
    [reply] = campaign.finds(1)
    assert reply["In-Reply-To"] == sent
    assert reply["References"] == sent
    assert reply["Subject"] == "Re: Your morning routine"
    [delivered] = world.ledger.delivered
    assert delivered.message_id == reply["Message-ID"]
    assert delivered.expected is Classification.POSITIVE


def test_a_reply_to_a_follow_up_refers_to_the_whole_thread(campaign: Campaign) -> None:
    first = campaign.writes_to("jane.doe@away-1.example")
    second = campaign.writes_to("jane.doe@away-1.example", after=first)
    replies = campaign.finds(2)
    assert replies[-1]["References"].split() == [first, second]


def test_the_html_reply_quotes_our_word_unsubscribe_below_its_own_text(campaign: Campaign) -> None:
    campaign.writes_to("jane.doe@html-1.example")
    [reply] = campaign.finds(1)
    body = reply.get_body(("html",))
    assert body
    own, _, quoted = body.get_content().partition("gmail_quote")
    assert "unsubscribe" not in own
    assert "unsubscribe" in quoted


def test_the_wrong_address_is_reported_with_our_message_id_in_it(campaign: Campaign) -> None:
    sent = campaign.writes_to("jane.doe@unknown-1.example")
    [report] = campaign.finds(1)
    assert report.get_content_type() == "multipart/report"
    assert report["Return-Path"] == "<>"
    _, status, returned = report.iter_parts()
    assert isinstance(status, EmailMessage)
    assert [block["Status"] for block in status.iter_parts()][-1] == "5.1.1"
    assert isinstance(returned, EmailMessage)
    assert sent in returned.get_payload(decode=False)


def test_a_refused_address_gets_550_at_rcpt(campaign: Campaign, world: World) -> None:
    with pytest.raises(smtplib.SMTPRecipientsRefused, match=r"5\.1\.1"):
        campaign.writes_to("jane.doe@refused-1.example")
    assert world.ledger.mails == []
    assert [refused.lead for refused in world.ledger.refused] == ["jane.doe@refused-1.example"]


def test_a_greylisting_server_takes_the_second_attempt(campaign: Campaign, world: World) -> None:
    with pytest.raises(smtplib.SMTPRecipientsRefused, match="Greylisted"):
        campaign.writes_to("jane.doe@greylisting-1.example")
    campaign.writes_to("jane.doe@greylisting-1.example")
    assert len(world.ledger.mails) == 1


def test_the_malformed_reply_arrives_as_it_was_written(campaign: Campaign) -> None:
    sent = campaign.writes_to("jane.doe@malformed-1.example")
    [reply] = campaign.finds(1)
    assert reply["In-Reply-To"] == sent
    assert reply.defects


def test_the_colleague_answers_from_another_domain(campaign: Campaign, world: World) -> None:
    campaign.writes_to("jane.doe@colleague-1.example")
    [reply] = campaign.finds(1)
    assert "jane.doe" not in reply["From"]
    assert world.ledger.delivered[0].lead == "jane.doe@colleague-1.example"


@pytest.mark.parametrize("character", sorted(set(SHARES) - {"silent", "refused", "greylisting"}))
def test_every_talking_character_answers_within_three_e_mails(campaign: Campaign, character: str) -> None:
    for _ in range(3):
        campaign.writes_to(f"jane.doe@{character}-1.example")
    assert campaign.finds(1)


def test_strangers_and_the_silent_never_answer(campaign: Campaign, world: World) -> None:
    campaign.writes_to("jane.doe@silent-1.example")
    campaign.writes_to("someone@elsewhere.example")
    assert len(world.ledger.mails) == 2
    assert world.quiet()


def test_the_journal_holds_a_line_for_everything(campaign: Campaign, tmp_path: Path) -> None:
    campaign.writes_to("jane.doe@again-1.example")
    campaign.finds(2)
    lines = [json.loads(line) for line in (tmp_path / "world.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [line["kind"] for line in lines] == ["accepted", "delivered", "delivered"]
    assert "text" not in lines[0]


def test_the_alert_sink_writes_down_what_it_accepts() -> None:
    sink = AlertSink()
    sink.start()
    body = json.dumps({"key": "POSITIVE_REPLY/7", "alert_type": "POSITIVE_REPLY", "inbound_email_id": 7})
    request = urllib.request.Request(sink.url, body.encode(), {"Idempotency-Key": "POSITIVE_REPLY/7"})  # noqa: S310 - our own address
    with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310 - our own address
        assert answer.status == 204
    sink.stop()
    [alert] = sink.alerts
    assert (alert.key, alert.inbound_email_id) == ("POSITIVE_REPLY/7", 7)
