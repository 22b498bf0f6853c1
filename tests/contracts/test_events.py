"""What travels through the broker: golden payloads stay accepted, broken ones are named."""

import json
from datetime import UTC, datetime

import pytest

from shared.errors import SchemaInvalidError
from shared.events import CONTRACTS, MAX_BYTES, AlertRequested, Event, LeadTimeout, ReplyReceived, parse, wrap

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)

# As version 0.1.0 publishes them; a later version must go on accepting these.
GOLDEN: dict[str, dict[str, object]] = {
    "reply.received": {
        "inbound_email_id": 7,
        "mailbox_id": 1,
        "folder": "INBOX",
        "uidvalidity": 1_700_000_000,
        "uid": 42,
        "lead_id": 3,
        "outbound_email_id": 9,
    },
    "reply.classified": {
        "inbound_email_id": 7,
        "lead_id": 3,
        "classification": "OOO",
        "confidence": 0.95,
        "reason": "Auto-Submitted: auto-replied",
        "classifier_version": "rules-1",
        "revision": 1,
        "return_date": "2026-05-11",
    },
    "lead.timeout": {"outbound_email_id": 9, "lead_id": 3, "campaign_id": 1},
    "alert.requested": {
        "alert_type": "POSITIVE_REPLY",
        "subject": "7",
        "title": "A reply says yes",
        "message": "Step 1 of spring",
        "campaign_id": 1,
        "lead_id": 3,
        "inbound_email_id": 7,
    },
}
KEYS = {
    "reply.received": "1/INBOX/1700000000/42",
    "reply.classified": "7/rules-1/1",
    "lead.timeout": "9",
    "alert.requested": "POSITIVE_REPLY/7",
}


def envelope(event_type: str, data: dict[str, object]) -> dict[str, object]:
    """Return an envelope as it stands on the wire."""
    return {
        "specversion": "1.0",
        "id": "0e8b2a52-6c3c-5a8f-9b2b-0c1d2e3f4a5b",
        "source": "/cam/inbox",
        "type": event_type,
        "time": "2026-05-04T12:00:00+00:00",
        "datacontenttype": "application/json",
        "idempotencykey": KEYS[event_type],
        "correlationid": "lead/3",
        "data": data,
    }


@pytest.mark.parametrize("event_type", GOLDEN)
def test_a_golden_payload_is_accepted_with_its_key(event_type: str) -> None:
    parsed = parse(json.dumps(envelope(event_type, GOLDEN[event_type])).encode(), CONTRACTS[event_type])
    assert parsed.key == KEYS[event_type]
    assert parsed.data.model_dump(mode="json", exclude_none=True) == GOLDEN[event_type]


def test_every_contract_has_a_golden_payload() -> None:
    assert set(GOLDEN) == set(CONTRACTS)


@pytest.mark.parametrize("event_type", GOLDEN)
def test_an_unknown_field_is_ignored(event_type: str) -> None:
    document = envelope(event_type, GOLDEN[event_type] | {"added_later": True}) | {"extension": "x"}
    assert parse(json.dumps(document).encode(), CONTRACTS[event_type]).key == KEYS[event_type]


def test_what_is_written_can_be_read_back() -> None:
    written = wrap(LeadTimeout(outbound_email_id=9, lead_id=3, campaign_id=1), source="/cam/sender", time=NOON)
    read = parse(json.dumps(written.to_json()).encode(), LeadTimeout)
    assert read == written


def test_the_same_fact_has_the_same_id_and_another_fact_another() -> None:
    facts = [LeadTimeout(outbound_email_id=number, lead_id=3, campaign_id=1) for number in (9, 9, 10)]
    first, again, other = (wrap(fact, source="/cam/sender", time=NOON).id for fact in facts)
    assert first == again != other


def test_an_effect_names_its_cause_and_stays_in_its_conversation() -> None:
    cause = wrap(LeadTimeout(outbound_email_id=9, lead_id=3, campaign_id=1), source="/s", time=NOON, correlation_id="c")
    effect = wrap(AlertRequested(alert_type="X", subject="1", title="t"), source="/d", time=NOON, cause=cause)
    assert (effect.correlation_id, effect.causation_id) == ("c", str(cause.id))


def _broken(field: str, value: object) -> bytes:
    return json.dumps(envelope("lead.timeout", GOLDEN["lead.timeout"] | {field: value})).encode()


@pytest.mark.parametrize(
    ("body", "named"),
    [
        (b"{", "body"),
        (b"[]", "body"),
        (_broken("lead_id", "three"), "lead_id"),
        (_broken("lead_id", 0), "lead_id"),
        (_broken("x", 1).replace(b'"1.0"', b'"0.3"'), "specversion"),
        (_broken("x", 1).replace(b"lead.timeout", b"lead.vanished"), "type"),
        (_broken("x", "y" * MAX_BYTES), "bytes"),
    ],
)
def test_a_broken_event_is_refused_and_the_fault_named(body: bytes, named: str) -> None:
    with pytest.raises(SchemaInvalidError, match=named):
        parse(body, LeadTimeout)


@pytest.mark.parametrize("contract", CONTRACTS.values())
def test_no_contract_has_room_for_a_mail_body(contract: type[Event]) -> None:
    assert not {"body", "text", "html", "raw", "content"} & set(contract.model_fields)


def test_the_largest_possible_event_fits_into_a_message() -> None:
    largest = AlertRequested(alert_type="X" * 40, subject="s" * 150, title="\u00e4" * 200, message="\U0001f600" * 2000)
    assert len(json.dumps(wrap(largest, source="/s", time=NOON).to_json())) < MAX_BYTES


def test_a_reply_is_known_by_where_it_lies() -> None:
    one = ReplyReceived(inbound_email_id=1, mailbox_id=1, folder="INBOX", uidvalidity=5, uid=6)
    same = one.model_copy(update={"inbound_email_id": 2})
    assert one.key == same.key == "1/INBOX/5/6"
