"""What followed from a reply: how it was understood, by whom, what was decided, whom it called. Pure."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import RowMapping

from console.traces import events
from console.traces.events import Told
from console.traces.facts import Facts
from console.traces.hops import Hop
from console.traces.settling import attempts_of, decision_hop, handled, unhandled
from shared.events import Classification

_CALLS_A_HUMAN = {Classification.POSITIVE, Classification.NEUTRAL}
_MATCHED = {
    "THREAD": "answers in the thread",
    "BOUNCE": "reports about an e-mail",
    "ADDRESS": "from the lead's address",
}


def reply_hop(facts: Facts, reply: RowMapping, by_decision: dict[int, Hop]) -> Hop:
    """Return a reply with all that followed from it."""
    matched = _MATCHED.get(reply["matched_by"], "")
    hop = Hop(
        "reply",
        "inbox",
        f"reply {reply['id']} received from {reply['from_address']}" + (f", {matched}" if matched else ""),
        at=reply["received_at"],
        ids={"inbound_email_id": reply["id"], "message_id": reply["message_id"]},
    )
    told = events.received(reply)
    meanings = facts.understandings(reply)
    machine = {place: known for place, known in meanings.items() if place[0] != events.PERSON}
    for place, known in meanings.items():
        hop.then.append(_understood(facts, reply, place, known, by_decision))
    hop.then += unhandled(facts, told, done=bool(machine))
    return hop


def _understood(
    facts: Facts, reply: RowMapping, place: tuple[str, int], known: Mapping[str, Any], by_decision: dict[int, Hop]
) -> Hop:
    hop = _by_a_person(known) if place[0] == events.PERSON else _by_the_classifier(facts, reply, place, known)
    told = events.classified(reply["id"], *place)
    made = [row for row in facts.decisions if row["inbound_email_id"] == reply["id"] and _place(row) == place]
    for row in made:
        hop.then.append(_decided(facts, reply, row, told, by_decision))
    hop.then += unhandled(facts, told, done=bool(made))
    return hop


def _place(decision: RowMapping) -> tuple[object, object]:
    return decision["inputs"].get("classifier_version"), decision["inputs"].get("revision")


def _by_the_classifier(facts: Facts, reply: RowMapping, place: tuple[str, int], known: Mapping[str, Any]) -> Hop:
    told = events.received(reply)
    guard = facts.guards.get(told)
    current = (reply["classification_version"], reply["classification_revision"]) == place
    return Hop(
        "classification",
        "classifier",
        f"understood as {known['classification']} ({known['confidence']:.2f}): {known['reason']}",
        at=guard["handled_at"] if guard else reply["classified_at"] if current else None,
        attempts=attempts_of(guard),
        ids={"inbound_email_id": reply["id"]},
        told=told,
        guard=guard,
        notes=[f"by {place[0]}, revision {place[1]}"],
    )


def _by_a_person(known: Mapping[str, Any]) -> Hop:
    note = f": {known['note']}" if known.get("note") else ""
    who = known.get("relabelled_by", "a person")
    return Hop(
        "relabel",
        "console",
        f"{who} said that it means {known['classification']}{note}",
        at=known.get("relabelled_at"),
    )


def _decided(facts: Facts, reply: RowMapping, row: RowMapping, told: Told, by_decision: dict[int, Hop]) -> Hop:
    hop = decision_hop(facts, row, told, by_decision)
    asked = [alert for alert in facts.alerts if alert["inbound_email_id"] == reply["id"]]
    hop.then += [handled(facts, alert) for alert in asked if _caused_by(facts, alert, told, row)]
    candidates = list(events.alerts_of_reply(reply["id"]))
    lost = [told for told in candidates if told.id in facts.letters or told.id in facts.waiting]
    for missing in lost:
        hop.then += unhandled(facts, missing, done=False)
    calls = row["inputs"].get("classification") in _CALLS_A_HUMAN
    if calls and not asked and not lost:
        hop.then.append(Hop("missing", "alerter", "no alert about it is in the log yet", notes=["see: cam status"]))
    return hop


def _caused_by(facts: Facts, alert: RowMapping, told: Told, row: RowMapping) -> bool:
    """Tell whether this understanding asked for the alert; without a guard, the first one counts as having asked."""
    guard = facts.guards.get(events.alert(alert["idempotency_key"]))
    if guard and guard["causation_id"]:
        return str(guard["causation_id"]) == told.id
    before = [one for one in facts.decisions if one["inbound_email_id"] == row["inbound_email_id"]]
    return bool(row["id"] == before[0]["id"])
