"""`cam trace`: what led to what, with times and attempts, and what could not be found."""

import pytest
from sqlalchemy import Engine, delete

from shared.events import AlertRequested, LeadTimeout, trace_of, wrap
from shared.tables import (
    alert_logs,
    handled_events,
    outbox,
    relabels,
)
from tests.handlers.console.conftest import Cam
from tests.handlers.console.past import ADDRESS, NOON, Past, after, only, told


@pytest.fixture
def past(engine: Engine) -> Past:
    return Past(engine)


def test_the_chain_goes_from_the_e_mail_to_the_human_who_was_told(cam: Cam, past: Past) -> None:
    past.says_yes()
    found = told(cam, ADDRESS)
    assert [(hop["kind"], hop["service"], hop["seconds_since_previous"], hop["attempts"]) for hop in found] == [
        ("email", "sender", None, 1),
        ("reply", "inbox", 3600, None),
        ("classification", "classifier", 1, 1),
        ("decision", "decision", 1, 3),
        ("alert", "alerter", 2, 2),
    ]


def test_every_event_names_the_one_before_and_their_trace(cam: Cam, past: Past) -> None:
    received = past.says_yes()
    _, _, classification, decision, alert = told(cam, ADDRESS)
    assert classification["event"]["id"] == str(received.id)
    assert decision["event"]["causation_id"] == classification["event"]["id"]
    assert alert["event"]["causation_id"] == decision["event"]["id"]
    traces = {hop["event"]["trace_id"] for hop in (classification, decision, alert)}
    assert traces == {str(trace_of(received.traceparent))}


def test_people_read_it_as_a_tree_with_what_passed_between_hops(cam: Cam, past: Past) -> None:
    past.says_yes()
    lines = cam("trace", ADDRESS).out.splitlines()
    assert lines[0].startswith(f"{ADDRESS} in campaign 'Spring': CONTACTED  trace ")
    assert [line.lstrip("│└├─ ")[24:].split(" · ")[0] for line in lines[1:]] == [
        "sender e-mail 1, step 1: SENT, attempt 1",
        f"+60.0 min inbox reply 1 received from {ADDRESS}, answers in the thread",
        "+1.0 s classifier understood as POSITIVE (0.90): says yes, attempt 1",
        "+1.0 s decision CONTACTED -> QUALIFIED by rule RULE, attempt 3",
        "+2.0 s alerter POSITIVE_REPLY accepted by 1 channel, attempt 2",
    ]


def test_silence_leads_to_the_next_e_mail(cam: Cam, past: Past) -> None:
    first = past.sent(1, at=NOON, silence_announced_at=after(days=3))
    timeout = wrap(LeadTimeout(outbound_email_id=first, lead_id=past.lead, campaign_id=1), source="/s", time=NOON)
    past.decided("CONTACTED", at=after(days=3, seconds=1), about=timeout, next_position=2)
    past.handled(timeout, at=after(days=3, seconds=1))
    past.queued(2, created_at=after(days=3, seconds=1), due_at=after(days=4))
    found = told(cam, past.lead)
    assert [hop["kind"] for hop in found] == ["email", "silence", "decision", "email"]
    assert found[2]["then"] == [found[3]]
    assert found[3]["what"] == "e-mail 2, step 2: QUEUED"
    assert found[3]["notes"][0].startswith("due 2026-05-08")


def test_the_end_of_an_absence_follows_from_the_reply_that_told_of_it(cam: Cam, past: Past) -> None:
    first = past.sent(1, at=NOON, silence_announced_at=after(days=3))
    meaning = past.understood(past.arrived(first, at=after(hours=1)), "OOO")
    past.decided("ON_HOLD", at=after(hours=2), about=meaning)
    timeout = wrap(LeadTimeout(outbound_email_id=first, lead_id=past.lead, campaign_id=1), source="/s", time=NOON)
    past.decided("ON_HOLD", at=after(days=3), about=timeout, before="ON_HOLD")
    past.decided("CONTACTED", at=after(days=7), event="hold is over", before="ON_HOLD", next_position=2)
    past.sent(2, at=after(days=7, seconds=9), created_at=after(days=7))
    absence, back, _ = [hop for hop in told(cam, ADDRESS) if hop["kind"] == "decision"]
    assert absence["then"] == [back]
    assert back["what"] == "ON_HOLD -> CONTACTED by rule RULE (hold is over)"
    assert [hop["kind"] for hop in back["then"]] == ["email"]


def test_a_reply_that_waits_in_the_outbox_is_said_to_wait_there(cam: Cam, past: Past) -> None:
    received = past.arrived(past.sent(1, at=NOON), at=after(hours=1))
    past.insert(outbox, event_id=str(received.id), type=received.type, body="{}")
    missing = only(cam, ADDRESS, "missing")
    assert (missing["service"], missing["what"]) == ("classifier", "reply.received is not handled yet")
    assert missing["notes"] == ["it waits in the outbox: the broker is away, or no service runs that publishes it"]


def test_a_reply_that_is_on_its_way_is_said_to_be(cam: Cam, past: Past) -> None:
    past.arrived(past.sent(1, at=NOON), at=after(hours=1))
    assert "on its way to classifier.reply.received" in only(cam, ADDRESS, "missing")["notes"][0]


def test_a_dead_letter_is_told_with_its_attempts_and_its_error(cam: Cam, past: Past) -> None:
    received = past.arrived(past.sent(1, at=NOON), at=after(hours=1))
    past.dead(received, at=after(hours=2))
    letter = only(cam, ADDRESS, "dead_letter")
    assert letter["what"] == "reply.received became a dead letter (attempts_exhausted): KeyError: 'x'"
    assert (letter["attempts"], letter["seconds_since_previous"]) == (6, 3600)
    assert [hop["kind"] for hop in told(cam, ADDRESS)] == ["email", "reply", "dead_letter"]


def test_a_dead_letter_that_was_replayed_stands_beside_what_came_of_it(cam: Cam, past: Past) -> None:
    received = past.arrived(past.sent(1, at=NOON), at=after(hours=1))
    past.dead(received, at=after(hours=2), resolved_at=after(hours=3), resolution="replay")
    past.decided("QUALIFIED", at=after(hours=4), about=past.understood(received))
    past.handled(received, at=after(hours=3))
    assert only(cam, ADDRESS, "dead_letter")["notes"][0].startswith("replay 2026-05-04")
    assert only(cam, ADDRESS, "classification")["seconds_since_previous"] == 7200


def test_an_alert_that_became_a_dead_letter_is_told_too(cam: Cam, past: Past) -> None:
    received = past.arrived(past.sent(1, at=NOON), at=after(hours=1))
    meaning = past.understood(received)
    past.decided("QUALIFIED", at=after(hours=1), about=meaning)
    asked = AlertRequested(alert_type="POSITIVE_REPLY", subject="1", title="t")
    past.dead(wrap(asked, source="/d", time=NOON, cause=meaning), at=after(hours=2))
    assert only(cam, ADDRESS, "dead_letter")["service"] == "alerter"


def test_an_alert_that_no_channel_took_yet_says_so(cam: Cam, past: Past) -> None:
    meaning = past.understood(past.arrived(past.sent(1, at=NOON), at=after(hours=1)))
    past.decided("QUALIFIED", at=after(hours=1), about=meaning)
    refused = {"sent_successfully": False, "sent_at": None, "error_message": "webhook: HTTP 500"}
    past.handled(past.alerted(meaning, at=NOON, **refused, next_attempt_at=after(hours=2)), at=NOON)
    alert = only(cam, ADDRESS, "alert")
    assert alert["what"].startswith("POSITIVE_REPLY not accepted yet, next attempt 2026-05-04")
    assert alert["notes"] == ["webhook: HTTP 500"]


def test_what_is_no_longer_known_is_said(cam: Cam, past: Past, engine: Engine) -> None:
    past.says_yes()
    with engine.begin() as connection:
        connection.execute(delete(handled_events))
    assert only(cam, ADDRESS, "alert")["notes"] == ["its guard row is gone: attempts and trace are not known"]
    assert only(cam, ADDRESS, "decision")["attempts"] is None


def test_the_word_of_a_person_is_a_hop_of_its_own(cam: Cam, past: Past) -> None:
    received = past.says_yes()
    number = received.data.inbound_email_id
    said = {"classification": "NEGATIVE", "relabelled_by": "ada", "note": "she is joking"}
    past.insert(relabels, inbound_email_id=number, revision=2, before="POSITIVE", **said, relabelled_at=after(hours=5))
    anew = past.understood(received, "NEGATIVE").data.model_copy(update={"classifier_version": "person", "revision": 2})
    past.decided("SUPPRESSED", at=after(hours=6), about=wrap(anew, source="/cam/console", time=NOON))
    relabel = only(cam, ADDRESS, "relabel")
    assert relabel["what"] == "ada said that it means NEGATIVE: she is joking"
    assert [hop["what"] for hop in relabel["then"]] == ["CONTACTED -> SUPPRESSED by rule RULE"]
    assert len([hop for hop in told(cam, ADDRESS) if hop["kind"] == "alert"]) == 1


def test_a_doubtful_e_mail_leads_to_the_alert_about_it(cam: Cam, past: Past) -> None:
    number = past.sent(1, at=NOON, state="UNKNOWN", sent_at=None, error_message="no answer was seen")
    assert only(cam, ADDRESS, "missing")["what"] == "alert.requested is not handled yet"
    about = {"lead_id": past.lead, "details": {"metadata": {"outbound_email_id": str(number)}}}
    named = {"alert_type": "UNKNOWN_SEND", "idempotency_key": f"UNKNOWN_SEND/{number}", "title": "t"}
    past.insert(alert_logs, **named, **about, sent_successfully=True, sent_at=NOON, recipients=["a", "b"])
    assert only(cam, ADDRESS, "alert")["what"] == "UNKNOWN_SEND accepted by 2 channels"
