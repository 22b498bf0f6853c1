"""What travels through the broker: golden payloads stay accepted, broken ones are named."""

import json
from datetime import UTC, datetime

import pytest

from shared.errors import SchemaInvalidError
from shared.events import CONTRACTS, MAX_BYTES, AlertRequested, Event, LeadTimeout, ReplyReceived, parse, wrap
from tests.contracts.goldens import Document, goldens, of_this_version

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)

GOLDEN = of_this_version()


def as_bytes(document: Document) -> bytes:
    """Return an envelope as it travels."""
    return json.dumps(document).encode()


@pytest.mark.parametrize(("released", "event_type"), goldens())
def test_what_a_released_version_published_is_read_field_by_field(released: str, event_type: str) -> None:
    document = goldens()[released, event_type]
    parsed = parse(as_bytes(document), CONTRACTS[event_type])
    assert parsed.data.model_dump(mode="json", exclude_none=True) == document["data"]
    assert parsed.key == document["idempotencykey"]
    assert str(parsed.id) == document["id"]
    assert parsed.traceparent == document["traceparent"]


@pytest.mark.parametrize("event_type", CONTRACTS)
def test_the_golden_payload_of_this_version_shows_every_field(event_type: str) -> None:
    assert set(GOLDEN[event_type]["data"]) == set(CONTRACTS[event_type].model_fields)


@pytest.mark.parametrize("event_type", CONTRACTS)
def test_the_same_fact_has_today_the_id_it_had_in_every_released_version(event_type: str) -> None:
    for (_, kind), document in goldens().items():
        if kind == event_type:
            again = wrap(parse(as_bytes(document), CONTRACTS[kind]).data, source="/s", time=NOON)
            assert str(again.id) == document["id"]


@pytest.mark.parametrize("event_type", GOLDEN)
def test_an_unknown_field_is_ignored(event_type: str) -> None:
    document = GOLDEN[event_type] | {"extension": "x"}
    document["data"] = document["data"] | {"added_later": True}
    assert parse(as_bytes(document), CONTRACTS[event_type]).key == document["idempotencykey"]


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
    document = GOLDEN["lead.timeout"]
    return as_bytes(document | {"data": document["data"] | {field: value}})


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
