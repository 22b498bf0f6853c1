"""One trace id along a causal chain, a span id for each event, and nothing fatal about a malformed one."""

import json
from datetime import UTC, datetime

import pytest

from shared.events import Envelope, Event, LeadTimeout, ReplyClassified, ReplyReceived, parse, trace_of, wrap
from shared.events.trace import is_valid

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
FACT = LeadTimeout(outbound_email_id=9, lead_id=3, campaign_id=1)
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
SPAN = "00f067aa0ba902b7"


def reply(number: int) -> ReplyReceived:
    """Return the event of the reply with this number."""
    return ReplyReceived(inbound_email_id=number, mailbox_id=1, folder="INBOX", uidvalidity=1, uid=number)


def understood(number: int) -> ReplyClassified:
    """Return the event that says what it means."""
    return ReplyClassified(
        inbound_email_id=number, classification="OOO", confidence=1, reason="r", classifier_version="v"
    )


def announced(fact: Event, cause: Envelope[Event] | None = None) -> Envelope[Event]:
    """Put a fact into its envelope."""
    return wrap(fact, source="/test", time=NOON, cause=cause)


def on_the_wire(traceparent: object) -> bytes:
    """Return an envelope that carries this as its `traceparent`."""
    return json.dumps(announced(FACT).to_json() | {"traceparent": traceparent}).encode()


@pytest.mark.parametrize(
    ("traceparent", "valid"),
    [
        (f"00-{TRACE}-{SPAN}-01", True),
        (f"00-{TRACE}-{SPAN}-00", True),
        (f"cc-{TRACE}-{SPAN}-01-what-the-future-brings", True),
        (f"cc-{TRACE}-{SPAN}-01", True),
        (f"00-{TRACE}-{SPAN}-01-more", False),
        (f"cc-{TRACE}-{SPAN}-01.more", False),
        (f"ff-{TRACE}-{SPAN}-01", False),
        (f"00-{TRACE.upper()}-{SPAN}-01", False),
        (f"00-{'0' * 32}-{SPAN}-01", False),
        (f"00-{TRACE}-{'0' * 16}-01", False),
        (f"00-{TRACE[:-1]}-{SPAN}-01", False),
        (f" 00-{TRACE}-{SPAN}-01", False),
        (f"00-{TRACE}-{SPAN}-01\n", False),
        ("", False),
        (None, False),
        (7, False),
    ],
)
def test_a_traceparent_is_valid_as_the_recommendation_says(traceparent: object, valid: bool) -> None:  # noqa: FBT001 - a table
    assert is_valid(traceparent) is valid


def test_an_event_begins_a_trace_with_a_valid_traceparent_of_55_characters() -> None:
    first, second = announced(reply(1)), announced(reply(2))
    for event in (first, second):
        assert len(event.traceparent) == 55
        assert is_valid(event.traceparent)
    assert trace_of(first.traceparent) != trace_of(second.traceparent)


def test_an_effect_goes_on_with_the_trace_of_its_cause_in_a_span_of_its_own() -> None:
    cause = announced(reply(1))
    effect = announced(understood(1), cause)
    assert trace_of(effect.traceparent) == trace_of(cause.traceparent)
    assert effect.traceparent != cause.traceparent


def test_the_same_fact_told_again_is_the_same_event_and_span() -> None:
    first, again = announced(FACT), announced(FACT)
    assert first.id == again.id
    assert first.traceparent[36:52] == again.traceparent[36:52] == first.id.hex[16:]


def test_what_arrives_keeps_its_traceparent() -> None:
    assert parse(on_the_wire(f"00-{TRACE}-{SPAN}-01"), LeadTimeout).traceparent == f"00-{TRACE}-{SPAN}-01"


@pytest.mark.parametrize("malformed", ["nonsense", "00-0-0-00", 17, None, {"a": 1}, "x" * 5000])
def test_a_malformed_traceparent_is_replaced_by_the_same_one_in_every_attempt(malformed: object) -> None:
    first = parse(on_the_wire(malformed), LeadTimeout)
    again = parse(on_the_wire(malformed), LeadTimeout, attempt=2)
    assert is_valid(first.traceparent)
    assert first.traceparent == again.traceparent


def test_an_event_of_a_version_without_traces_is_accepted() -> None:
    document = announced(FACT).to_json()
    del document["traceparent"]
    assert is_valid(parse(json.dumps(document).encode(), LeadTimeout).traceparent)


def test_what_tells_of_a_lead_belongs_to_the_conversation_with_it() -> None:
    assert announced(FACT).correlation_id == "lead/3"
    assert announced(reply(1)).correlation_id == str(announced(reply(1)).id)
