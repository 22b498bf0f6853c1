"""What an arrived e-mail is to us, and which e-mails are read next: decisions without any I/O."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from shared.mail.parsing import ParsedEmail

_JUNK_NAMES = {"junk", "spam", "junk e-mail", "junk email", "bulk mail", "[gmail]/spam", "inbox.junk", "inbox.spam"}
_NOT_THE_PASSWORD = ("[UNAVAILABLE]", "[INUSE]", "[LIMIT]", "[SERVERBUG]", "[OVERQUOTA]", "TEMPORARY", "TRY AGAIN")
_RETURNING = {"delivery-status", "returned-message", "feedback-report"}
MAX_FOLDER_NAME = 100


class MatchedBy(StrEnum):
    """How an e-mail was found to belong to a lead."""

    THREAD = "THREAD"
    BOUNCE = "BOUNCE"
    ADDRESS = "ADDRESS"


class Unwanted(StrEnum):
    """Why an e-mail is no reply."""

    OWN = "OWN"
    RECEIPT = "RECEIPT"
    UNMATCHED = "UNMATCHED"


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a folder was read."""

    uidvalidity: int
    last_uid: int = 0


@dataclass(frozen=True, slots=True)
class Contact:
    """An e-mail of ours and the lead it went to."""

    outbound_email_id: int
    lead_id: int
    campaign_id: int
    lead_email: str


@dataclass(frozen=True, slots=True)
class Match:
    """An e-mail belongs to a lead."""

    contact: Contact
    by: MatchedBy


def judge(
    mail: ParsedEmail, own: Collection[str], threads: Mapping[str, Contact], contacts: Mapping[str, Contact]
) -> Match | Unwanted:
    """Say whose reply an e-mail is: by its thread, by what a bounce returns, by address; or why it is none."""
    if mail.message_id in threads:
        return Unwanted.OWN  # an e-mail of ours that came back as a copy
    if _report_type(mail) == "disposition-notification":
        return Unwanted.RECEIPT
    match = _match(mail, threads, contacts)
    by_us = mail.from_address in own and _report_type(mail) not in _RETURNING
    # Somebody who tries the system on himself is lead and sender at once.
    if by_us and not (isinstance(match, Match) and match.contact.lead_email == mail.from_address):
        return Unwanted.OWN
    return match


def _match(mail: ParsedEmail, threads: Mapping[str, Contact], contacts: Mapping[str, Contact]) -> Match | Unwanted:
    for identity in thread_ids(mail):
        if identity in threads:
            return Match(threads[identity], MatchedBy.THREAD)
    for identity in returned_ids(mail):
        if identity in threads:
            return Match(threads[identity], MatchedBy.BOUNCE)
    for address in addresses(mail):
        if address in contacts:
            return Match(contacts[address], MatchedBy.ADDRESS)
    return Unwanted.UNMATCHED


def thread_ids(mail: ParsedEmail) -> list[str]:
    """Return the ids an e-mail answers, the nearest first (RFC 5322 section 3.6.4)."""
    nearest = [mail.in_reply_to] if mail.in_reply_to else []
    return list(dict.fromkeys([*nearest, *reversed(mail.references)]))


def returned_ids(mail: ParsedEmail) -> list[str]:
    """Return the ids of the e-mail that a report is about."""
    report = mail.report or {}
    return [
        str(part) for part in (report.get("returned_message_id"), *_list(report, "returned_references")[::-1]) if part
    ]


def addresses(mail: ParsedEmail) -> list[str]:
    """Return the addresses by which an e-mail may belong to a lead, the surest first."""
    found: list[object] = [mail.from_address]
    if _report_type(mail) in _RETURNING:
        report = mail.report or {}
        found += [part.get("final_recipient") for part in _list(report, "recipients") if isinstance(part, dict)]
        found += mail.headers.get("x-failed-recipients", "").lower().replace(",", " ").split()
        found += [report.get("recipient"), report.get("returned_to"), *_list(report, "mentioned")]
    return list(dict.fromkeys(str(part) for part in found if part))[:100]


def _list(report: Mapping[str, object], key: str) -> list[object]:
    value = report.get(key)
    return list(value) if isinstance(value, list) else []


def _report_type(mail: ParsedEmail) -> str:
    return str((mail.report or {}).get("type", ""))


def fingerprint(mail: ParsedEmail, size: int) -> tuple[object, ...]:
    """Return what tells an e-mail from others when its place in the mailbox says nothing."""
    return (mail.message_id,) if mail.message_id else (mail.from_address, mail.subject, mail.date, size)


def new_uids(found: Sequence[int], cursor: Cursor) -> list[int]:
    """Return the UIDs behind the cursor; `UID n:*` names the last e-mail even if nothing is new (RFC 9051)."""
    return sorted(uid for uid in set(found) if uid > cursor.last_uid)


def uid_set(uids: Sequence[int]) -> str:
    """Return a sequence set for ascending UIDs (RFC 9051): runs as ranges, because servers limit a command's length."""
    runs: list[list[int]] = []
    for uid in uids:
        if runs and uid == runs[-1][1] + 1:
            runs[-1][1] = uid
        else:
            runs.append([uid, uid])
    return ",".join(str(first) if first == last else f"{first}:{last}" for first, last in runs)


def folders_to_watch(configured: Sequence[str], listed: Sequence[tuple[str, frozenset[str]]]) -> list[str]:
    """Return the folders to read: the configured ones and the one for junk; the first one is always there."""
    names = {name for name, _ in listed}
    wanted = list(configured) or ["INBOX"]
    junk = [name for name, flags in listed if "\\junk" in flags] or [
        name for name, _ in listed if name.lower() in _JUNK_NAMES
    ]
    others = [name for name in [*wanted[1:], *junk[:1]] if name in names and len(name) <= MAX_FOLDER_NAME]
    return list(dict.fromkeys([wanted[0], *others]))


def batches(sizes: Mapping[int, int], *, cap: int, max_bytes: int, max_count: int) -> Iterator[list[int]]:
    """Yield UIDs in ascending order in groups that fit into memory; of an e-mail at most `cap` bytes are read."""
    batch: list[int] = []
    weight = 0
    for uid in sorted(sizes):
        size = min(sizes[uid], cap)
        if batch and (weight + size > max_bytes or len(batch) == max_count):
            yield batch
            batch, weight = [], 0
        batch.append(uid)
        weight += size
    if batch:
        yield batch


def is_about_the_password(answer: str) -> bool:
    """Tell a refused login from a server that can't log anybody in right now (RFC 5530)."""
    return not any(sign in answer.upper() for sign in _NOT_THE_PASSWORD)


def back_off(failures: int, *, at_most: float) -> float:
    """Return the seconds to wait after so many failures in a row: 1, 2, 4, ... `at_most`."""
    return min(at_most, 2.0 ** min(failures - 1, 6))
