"""What an alert says, when it is tried again, and how channels are named."""

from datetime import UTC, datetime, timedelta

import pytest

from services.alerter import rules
from services.alerter.rules import Facts
from shared.events import AlertRequested

JANE = Facts(
    campaign="Spring",
    lead_email="jane@acme.example",
    lead_fields={"First_Name": "Jane", "company": "Acme"},
    from_address="jane@acme.example",
    subject="Re: A question",
    body="Yes, please call me on Monday.\n\n> Hello Jane,\n> would you like to talk?",
    classification="POSITIVE",
)


def an_alert(alert_type: str = "POSITIVE_REPLY", title: str = "Positive reply", message: str = "") -> AlertRequested:
    return AlertRequested(alert_type=alert_type, subject="inbound/1", title=title, message=message, lead_id=1)


def test_the_title_says_who_said_what_in_which_campaign() -> None:
    assert rules.compose(an_alert(), JANE).title == "Reply: POSITIVE from Jane at Acme - campaign Spring"


def test_the_message_holds_the_answer_without_the_quoted_mail_and_ends_with_what_to_do() -> None:
    message = rules.compose(an_alert(message="Confidence 0.97."), JANE).message
    assert message.startswith("Confidence 0.97.")
    assert "> Yes, please call me on Monday." in message
    assert "would you like to talk" not in message
    assert message.splitlines()[-1].startswith("Next: answer")


def test_an_answer_from_another_address_is_named() -> None:
    facts = Facts(lead_email="jane@acme.example", from_address="boss@acme.example")
    assert "Answered from: boss@acme.example" in rules.compose(an_alert(), facts).message


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"name": "Jane Doe", "company": "Acme"}, "Jane Doe at Acme"),
        ({"first_name": "Jane", "last_name": "Doe"}, "Jane Doe"),
        ({"company": "Acme"}, "jane@acme.example"),
        ({"Full Name": "Jane\nDoe\r\nBcc: x"}, "Jane Doe Bcc: x"),
        ({}, "jane@acme.example"),
    ],
)
def test_a_lead_is_called_by_name_if_there_is_one(fields: dict[str, object], expected: str) -> None:
    assert rules.who(Facts(lead_email="jane@acme.example", lead_fields=fields)) == expected


def test_an_alert_about_nothing_known_keeps_the_words_of_the_event() -> None:
    text = rules.compose(an_alert("CAMPAIGN_PAUSED", "Campaign Spring paused", "Reply rate 0.2 %"), Facts("Spring"))
    assert text.title == "Campaign Spring paused"
    assert "Reply rate 0.2 %" in text.message


@pytest.mark.parametrize(
    "body", ["x" * 200_000, "a\n" * 100_000, "\x00\x1b[31m\u202e" * 20_000, ">" * 100_000, " " * 200_000]
)
def test_hostile_text_stays_short_and_clean(body: str) -> None:
    facts = Facts(lead_fields={"name": body}, subject=body, body=body, campaign=body, lead_email="a@b.example")
    text = rules.compose(an_alert(title="t", message="m" * 2000), facts)
    assert len(text.title) <= rules.TITLE_CHARACTERS
    assert len(text.message) <= rules.MESSAGE_CHARACTERS
    assert text.title.isprintable()
    assert not {"\x00", "\x1b", "\u202e"} & set(text.message)
    assert "Next: answer" in text.message


def test_a_failed_alert_is_tried_soon_then_ever_later_for_more_than_a_day() -> None:
    delays: list[timedelta] = []
    while delay := rules.retry_delay(len(delays) + 1):
        delays.append(delay)
    assert delays[:5] == [timedelta(seconds=seconds) for seconds in (10, 60, 300, 1800, 3600)]
    assert delays == sorted(delays)
    assert sum(delays, timedelta()) > timedelta(days=1)


@pytest.mark.parametrize(("others", "words"), [(0, "NO other instance"), (2, "2 other running")])
def test_a_dead_service_alert_says_whether_another_instance_is_running(others: int, words: str) -> None:
    text = rules.dead_service("sender", "host/sender/7", datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), others)
    assert "sender" in text.title
    assert "2026-01-02 03:04:05 UTC" in text.message
    assert words in text.message


def test_a_dead_letters_alert_counts_the_reasons() -> None:
    moment = datetime(2026, 1, 2, tzinfo=UTC)
    text = rules.dead_letters("classifier.reply.received", 3, moment, {"schema_invalid": 1, "permanent": 2})
    assert text.title == "Dead letters: 3 in classifier.reply.received"
    assert "2 permanent, 1 schema_invalid" in text.message


@pytest.mark.parametrize("key", ["A/ü", "A/b c", "A/" + "x" * 300, "A/\r\nX: y"])
def test_a_key_that_no_header_may_hold_is_digested_the_same_way_each_time(key: str) -> None:
    header = rules.header_key(key)
    assert header == rules.header_key(key)
    assert len(header) == 64


def test_a_plain_key_goes_into_the_header_as_it_is() -> None:
    assert rules.header_key("POSITIVE_REPLY/inbound/7") == "POSITIVE_REPLY/inbound/7"


def test_a_channel_is_named_without_its_secret_path() -> None:
    name = rules.channel_name("https://hooks.example/services/T0/SECRET?token=x")
    assert name.startswith("hooks.example#")
    assert "SECRET" not in name
    assert name != rules.channel_name("https://hooks.example/services/T0/OTHER")
