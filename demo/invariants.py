"""What must be true of every run: each check returns what speaks against it, nothing if it holds. Pure."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from datetime import datetime

from demo.characters import CHARACTERS
from demo.evidence import Accepted, Evidence, Said
from demo.people import person_at

SERVICES = ("sender", "inbox", "classifier", "decision", "alerter")
# What an answer needs from the mailbox to the database; Dovecot alone waits half a second before it tells.
UNSEEN_SECONDS = 2.0
# An e-mail that was claimed before the decision may still be in its SMTP conversation.
IN_CONVERSATION_SECONDS = 0.25
HEARTBEAT_SECONDS = 30.0
POSITIVE_REPLY = "POSITIVE_REPLY"

Check = Callable[[Evidence], list[str]]


def every_email_once(seen: Evidence) -> list[str]:
    """Compare what the world took with what CAM says it sent: one e-mail for each lead and step."""
    sent = {row.message_id: row for row in seen.outbound if row.status == "SENT"}
    taken = Counter(mail.message_id for mail in seen.accepted)
    steps = Counter((row.lead, row.position) for row in sent.values())
    return [
        *(f"{message_id} was accepted {times} times" for message_id, times in taken.items() if times > 1),
        *(
            f"{mail.lead} got {mail.message_id}, which is not SENT"
            for mail in seen.accepted
            if mail.message_id not in sent
        ),
        *(
            f"{row.lead}: step {row.position} is SENT but never arrived"
            for key, row in sent.items()
            if key not in taken
        ),
        *(f"{lead}: step {position} was sent {times} times" for (lead, position), times in steps.items() if times > 1),
        *(
            f"{mail.message_id} of {sent[mail.message_id].lead} went to {mail.lead}"
            for mail in seen.accepted
            if mail.message_id in sent and sent[mail.message_id].lead != mail.lead
        ),
    ]


def nothing_after_an_answer(seen: Evidence) -> list[str]:
    """Find e-mail that went out although an answer forbade it: for ever, or until somebody is back."""
    decided = _first_decisions(seen)
    answers: dict[str, list[Said]] = defaultdict(list)
    for said in seen.said:
        answers[said.lead].append(said)
    return [
        f"{mail.lead} got {mail.message_id} although {why} ({said.message_id})"
        for mail in seen.accepted
        for said in answers[mail.lead]
        if (why := _forbidden(mail, said, decided.get(said.message_id)))
    ]


def _forbidden(mail: Accepted, said: Said, decided_at: datetime | None) -> str:
    late = (mail.accepted_at - said.at).total_seconds()
    # A mailbox keeps whole seconds, so an absence may seem to end up to one second early.
    if said.quiet_seconds is not None and late > said.quiet_seconds - 1:
        return ""
    if late > UNSEEN_SECONDS:
        return f"an answer lay in the mailbox for {late:.2f} s"
    if decided_at and (mail.begun_at - decided_at).total_seconds() > IN_CONVERSATION_SECONDS:
        return "the answer was already decided upon"
    return ""


def _first_decisions(seen: Evidence) -> dict[str, datetime]:
    message_ids = {row.id: row.message_id or "" for row in seen.inbound}
    latest_first = sorted(seen.decided, key=lambda row: row.decided_at, reverse=True)
    return {message_ids.get(row.inbound_email_id, ""): row.decided_at for row in latest_first}


def every_yes_alerted_once(seen: Evidence) -> list[str]:
    """Count the alerts of each positive reply, and look for alerts about nothing."""
    by_message = {row.message_id: row.id for row in seen.inbound}
    told = Counter(alert.inbound_email_id for alert in seen.alerts if alert.alert_type == POSITIVE_REPLY)
    yes = {said.message_id: by_message.get(said.message_id) for said in seen.said if said.expected == "POSITIVE"}
    unasked = set(told) - {by_message.get(said.message_id) for said in seen.said if said.expected in {"POSITIVE", None}}
    keys = Counter(alert.key for alert in seen.alerts)
    return [
        *(f"{message_id} was told {told[number]} times" for message_id, number in yes.items() if told[number] != 1),
        *(f"an alert about inbound e-mail {number}, which is no yes" for number in sorted(unasked, key=str)),
        *(f"alert {key} came {times} times" for key, times in keys.items() if times > 1),
    ]


def every_reply_found(seen: Evidence) -> list[str]:
    """Look for each answer of the world in CAM's tables, once, with the lead it is from."""
    found = defaultdict(list)
    for row in seen.inbound:
        found[row.message_id].append(row.lead)
    return [
        f"{said.message_id} of {said.lead} was stored for {found[said.message_id] or 'nobody'}"
        for said in seen.said
        if found[said.message_id] != [said.lead]
    ]


def every_reply_understood(seen: Evidence) -> list[str]:
    """Compare what each reply was taken for with what it means."""
    taken_for = {row.message_id: row.classification for row in seen.inbound}
    return [
        f"{said.message_id} of {said.lead} means {said.expected} and was taken for {taken_for.get(said.message_id)}"
        for said in seen.said
        if taken_for.get(said.message_id) is None or said.expected not in {None, taken_for[said.message_id]}
    ]


def every_reply_folded(seen: Evidence) -> list[str]:
    """Look for a decision about each stored reply of the world."""
    decided = {row.inbound_email_id for row in seen.decided}
    ours = {said.message_id for said in seen.said}
    return [
        f"nothing was decided about {row.message_id}"
        for row in seen.inbound
        if row.message_id in ours and row.id not in decided
    ]


def every_lead_where_it_belongs(seen: Evidence) -> list[str]:
    """Compare where each lead ended with its character."""
    return [
        f"{address} is {status}"
        for address, status in seen.leads.items()
        if (person := person_at(address)) and status not in CHARACTERS[person.character].ends
    ]


def no_dead_letters(seen: Evidence) -> list[str]:
    """Look into the table and into the broker's dead-letter queues."""
    waiting = (f"{name} holds {depth}" for name, depth in seen.queue_depths.items() if name.endswith(".dlq") and depth)
    return [*seen.dead_letters, *waiting]


def every_heartbeat_alive(seen: Evidence) -> list[str]:
    """Look, while the services run, for a fresh RUNNING row of each."""
    alive = {beat.service for beat in seen.during if beat.status == "RUNNING" and beat.age_seconds <= HEARTBEAT_SECONDS}
    return [f"{service} gave no sign of life" for service in _missing(alive)]


def every_service_drained(seen: Evidence) -> list[str]:
    """Look, after the services were stopped, for rows that do not say STOPPED."""
    silent = _missing({beat.service for beat in seen.after})
    return [
        *(f"{service} left no heartbeat" for service in silent),
        *(f"{beat.worker_id} is {beat.status}" for beat in seen.after if beat.status != "STOPPED"),
        *(f"{name} ended with status {status}" for name, status in seen.exits.items() if status != 0),
    ]


def nothing_unknown(seen: Evidence) -> list[str]:
    """Look for e-mail whose fate nobody knows."""
    doubtful = {"UNKNOWN", "SENDING"}
    return [f"{row.lead}: step {row.position} is {row.status}" for row in seen.outbound if row.status in doubtful]


def _missing(present: Iterable[str]) -> list[str]:
    return [service for service in SERVICES if service not in set(present)]


INVARIANTS: dict[str, Check] = {
    check.__name__: check
    for check in (
        every_email_once,
        nothing_after_an_answer,
        every_yes_alerted_once,
        every_reply_found,
        every_reply_understood,
        every_reply_folded,
        every_lead_where_it_belongs,
        no_dead_letters,
        every_heartbeat_alive,
        every_service_drained,
        nothing_unknown,
    )
}


def judge(seen: Evidence, *, without: Iterable[str] = ()) -> dict[str, list[str]]:
    """Return, for each invariant, what speaks against it."""
    return {name: check(seen) for name, check in INVARIANTS.items() if name not in set(without)}
