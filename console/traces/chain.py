"""Puts together what led to what: e-mails, silences, replies, decisions and alerts of one lead. Pure."""

from collections.abc import Iterator

from sqlalchemy import RowMapping

from console.output import in_words
from console.traces import events
from console.traces.events import Told
from console.traces.facts import Facts
from console.traces.hops import Hop, in_order
from console.traces.replies import reply_hop
from console.traces.settling import decision_hop, handled, unhandled
from shared.events import LeadTimeout
from shared.states import LeadStatus, OutboundState

_OVER_AT_ONCE = {OutboundState.FAILED, OutboundState.SKIPPED}


def chain(facts: Facts) -> Hop:
    """Return the lead with all that happened to it."""
    root = Hop("lead", "console", f"{facts.lead['email']}: {facts.lead['status']}", ids={"lead_id": facts.lead["id"]})
    emails = {email["id"]: _email_hop(email) for email in facts.outbound}
    by_decision: dict[int, Hop] = {}
    for email in facts.outbound:
        emails[email["id"]].then += _silence(facts, email, by_decision)
        emails[email["id"]].then += _doubt(facts, email)
    for reply in facts.inbound:
        parent = emails.get(reply["outbound_email_id"], root)
        parent.then.append(reply_hop(facts, reply, by_decision))
    _place_the_rest(facts, root, by_decision)
    for email in facts.outbound:
        _queued_by(facts, email, by_decision, root).then.append(emails[email["id"]])
    _sort(root)
    return root


def _email_hop(email: RowMapping) -> Hop:
    step = f"step {email['position']}{email['variant'] if email['variant'] != 'A' else ''}"
    status = email["status"]
    hop = Hop(
        "email",
        "sender" if email["attempts"] else "",
        f"e-mail {email['id']}, {step}: {status}",
        at=email["sent_at"] or email["cancelled_at"] or email["created_at"],
        attempts=email["attempts"] or None,
        ids={"outbound_email_id": email["id"], "message_id": email["message_id"]},
    )
    if status == OutboundState.QUEUED:
        hop.notes.append(f"due {in_words(email['not_before'])}")
    elif email["sent_at"] is None:
        hop.notes.append(f"queued {in_words(email['created_at'])}")
    for reason in (email["error_message"], email["cancel_reason"] if email["cancelled_at"] else None):
        if reason:
            hop.notes.append(reason)
    if status == OutboundState.SENT and not email["silence_announced_at"] and email["silent_at"]:
        hop.notes.append(f"its wait for an answer is over {in_words(email['silent_at'])}")
    return hop


def _silence(facts: Facts, email: RowMapping, by_decision: dict[int, Hop]) -> Iterator[Hop]:
    announced = email["silence_announced_at"]
    if not announced and email["status"] not in _OVER_AT_ONCE:
        return
    told = events.silence(email["id"])
    says = "nobody answered in time" if announced else "no answer can come"
    hop = Hop("silence", "sender", says, at=announced, ids={"outbound_email_id": email["id"]})
    made = [row for row in facts.decisions if _decides(row, email["id"])]
    hop.then = [decision_hop(facts, row, told, by_decision) for row in made]
    hop.then += unhandled(facts, told, done=bool(made))
    yield hop


def _decides(row: RowMapping, outbound_email_id: int) -> bool:
    return bool(row["outbound_email_id"] == outbound_email_id and row["inputs"].get("event") == LeadTimeout.type)


def _doubt(facts: Facts, email: RowMapping) -> Iterator[Hop]:
    """Return the alerts about an e-mail itself, not about an answer to it."""
    number = str(email["id"])
    for row in facts.alerts:
        metadata = row["details"].get("metadata") or {}
        if row["inbound_email_id"] is None and metadata.get("outbound_email_id") == number:
            yield handled(facts, row)
    told = events.alert_of_doubt(email["id"])
    if email["status"] == OutboundState.UNKNOWN and not _logged(facts, told):
        yield from unhandled(facts, told, done=False)


def _logged(facts: Facts, told: Told) -> bool:
    return any(row["idempotency_key"] == told.key for row in facts.alerts)


def _place_the_rest(facts: Facts, root: Hop, by_decision: dict[int, Hop]) -> None:
    """Put decisions that no event led to where they belong: after the absence that is over, else at the lead."""
    absence = root
    for row in facts.decisions:
        if row["id"] not in by_decision:
            made = decision_hop(facts, row, None, by_decision)
            absence.then.append(made)
        if row["outcome"] == LeadStatus.ON_HOLD != row["inputs"].get("before"):
            absence = by_decision[row["id"]]


def _queued_by(facts: Facts, email: RowMapping, by_decision: dict[int, Hop], root: Hop) -> Hop:
    """Return the decision that queued a follow-up: of those that wanted this step, the one made at that moment."""
    wanted = [row for row in facts.decisions if row["inputs"].get("next_position") == email["position"]]
    if not wanted:
        return root
    nearest = min(wanted, key=lambda row: abs(row["decided_at"] - email["created_at"]))
    return by_decision[nearest["id"]]


def _sort(hop: Hop) -> None:
    hop.then = in_order(hop.then)
    for following in hop.then:
        _sort(following)
