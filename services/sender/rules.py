"""What a provider's answer means, and when to try again (RFC 5321, RFC 3463, Resend's error names)."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

FIRST_RETRY = timedelta(minutes=30)
GIVE_UP_AFTER = timedelta(days=5)
# Resend forgets an idempotency key after this; from then on a repetition could be a second e-mail.
KEY_LIFETIME = timedelta(hours=24)
# Written in front of the error of an e-mail that may have gone out and may be repeated under its key.
NO_ANSWER = "NO_ANSWER: "

_ENHANCED = re.compile(r"\s*([245])\.(\d{1,3})\.(\d{1,3})(?!\d)")
_DEAD = {"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"}
_FULL = "5.2.2"
_QUOTA = "5.4.5"
_BAD_SENDER = {"5.1.7", "5.1.8"}
_LOGIN = {"5.7.8", "5.7.9"}
_LOGIN_CODES = {530, 534, 535, 538}
_CLOSING = 421
_PERMANENT = 500
_MAILBOX_WIDE_QUOTAS = {"daily_quota_exceeded", "monthly_quota_exceeded"}


class Verdict(StrEnum):
    """What an attempt came to; each asks for another next move."""

    SENT = "SENT"
    RETRY = "RETRY"  # this e-mail, later
    CLOSING = "CLOSING"  # this e-mail later, and the connection rests
    DEAD_ADDRESS = "DEAD_ADDRESS"
    REFUSED = "REFUSED"  # this e-mail, for good
    ABOUT_US = "ABOUT_US"  # our standing or our address; never the lead's fault
    QUOTA = "QUOTA"  # the mailbox has sent enough for now
    LOGIN_REFUSED = "LOGIN_REFUSED"  # a human must look at the mailbox
    OUTAGE = "OUTAGE"  # the provider is busy, or hung up in the middle
    AWAY = "AWAY"  # nobody answers at all
    UNKNOWN = "UNKNOWN"  # handed over, and no answer was seen


class Stage(StrEnum):
    """How far an SMTP conversation had come when the server answered."""

    CONNECT = "CONNECT"
    LOGIN = "LOGIN"
    MAIL = "MAIL"
    RCPT = "RCPT"
    DATA = "DATA"


# The slot of the daily caps stays spent, because the e-mail may be counted by the provider.
SPENT = {Verdict.SENT, Verdict.UNKNOWN, Verdict.DEAD_ADDRESS, Verdict.REFUSED, Verdict.ABOUT_US}
# Nothing was wrong with the e-mail: it goes back without a burnt attempt, and its mailbox rests.
MAILBOX_RESTS = {Verdict.QUOTA, Verdict.LOGIN_REFUSED, Verdict.OUTAGE, Verdict.AWAY}


_REST = {
    Verdict.QUOTA: timedelta(hours=1),
    Verdict.LOGIN_REFUSED: timedelta(hours=1),
    Verdict.OUTAGE: timedelta(minutes=1),
    Verdict.AWAY: timedelta(minutes=1),  # or until a probe is answered
    Verdict.CLOSING: timedelta(minutes=1),
}
SHORTEST_WAIT = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class SendResult:
    """What a provider said about one e-mail; `doubtful` means a RETRY that may have been delivered.

    `answered_at` is set where the result was read from a journal, some time after it came.
    """

    verdict: Verdict
    detail: str = ""
    provider_id: str | None = None
    retry_after: timedelta | None = None
    doubtful: bool = False
    answered_at: datetime | None = None


def judge_smtp(code: int, text: str, stage: Stage) -> Verdict:
    """Judge a negative SMTP answer: the enhanced status code (RFC 3463) before the basic one."""
    if stage is Stage.LOGIN:
        return Verdict.LOGIN_REFUSED if code >= _PERMANENT else Verdict.OUTAGE
    if code in _LOGIN_CODES:
        return Verdict.LOGIN_REFUSED
    if stage is Stage.CONNECT:
        return Verdict.OUTAGE
    if code == _CLOSING:
        return Verdict.CLOSING
    found = _ENHANCED.match(text)
    if found:
        return _judge_enhanced(".".join(found.groups()), stage)
    return Verdict.REFUSED if code >= _PERMANENT else Verdict.RETRY


def _judge_enhanced(status: str, stage: Stage) -> Verdict:
    if status == _QUOTA:
        return Verdict.QUOTA
    if status in _LOGIN:
        return Verdict.LOGIN_REFUSED
    if status.startswith("5.7.") or status in _BAD_SENDER:
        return Verdict.ABOUT_US
    if status in _DEAD:
        # At MAIL the address in question is our own.
        return Verdict.ABOUT_US if stage is Stage.MAIL else Verdict.DEAD_ADDRESS
    if status == _FULL or not status.startswith("5."):
        return Verdict.RETRY
    return Verdict.REFUSED


def judge_resend(status: int, name: str) -> tuple[Verdict, bool]:
    """Judge an HTTP answer of Resend's by status and error name; the flag says whether it is doubtful."""
    if status == 409:  # noqa: PLR2004 - HTTP statuses read best as the numbers they are
        # Another payload was taken under this key: what became of the e-mail is for a human to say.
        return (Verdict.RETRY, True) if name == "concurrent_idempotent_requests" else (Verdict.UNKNOWN, True)
    if status == 429:  # noqa: PLR2004
        return (Verdict.QUOTA if name in _MAILBOX_WIDE_QUOTAS else Verdict.OUTAGE), False
    if status in {401, 403, 404, 405}:
        return Verdict.LOGIN_REFUSED, False
    if status >= _PERMANENT:
        return Verdict.RETRY, True
    return Verdict.REFUSED, False


def retry_delay(attempts: int) -> timedelta | None:
    """Return the wait after the failed attempt number `attempts`: 30 minutes, doubling; None gives up."""
    if FIRST_RETRY * ((1 << min(attempts, 20)) - 1) > GIVE_UP_AFTER:
        return None
    return FIRST_RETRY * (1 << (attempts - 1))


def scaled(wait: timedelta, day_seconds: float) -> timedelta:
    """Shorten a wait to the length of a day that the settings ask for, at least one second."""
    return max(wait * (day_seconds / 86_400), SHORTEST_WAIT)


def mailbox_rest(result: SendResult, day_seconds: float) -> timedelta | None:
    """Return how long the mailbox rests after this result; None: it goes on."""
    rest = _REST.get(result.verdict)
    if rest is None:
        return None
    if result.verdict is Verdict.AWAY:
        return rest  # how long servers are away has nothing to do with the length of days
    return result.retry_after or scaled(rest, day_seconds)


def message_id(email_id: int, domain: str, now: datetime, random_hex: str) -> str:
    """Return the Message-ID (RFC 5322) of an e-mail; it also carries when it was first attempted."""
    return f"<cam.{email_id}.{int(now.timestamp()):08x}{random_hex}@{domain}>"


def is_doubtful(message_id: str | None, error_message: str | None) -> bool:
    """Tell from a row whether an earlier attempt may have delivered the e-mail."""
    return bool(message_id) and (error_message or "").startswith(NO_ANSWER)


def first_attempt(message_id: str) -> datetime:
    """Return when the e-mail with this Message-ID of ours was first attempted."""
    return datetime.fromtimestamp(int(message_id.split(".")[2][:8], 16), UTC)


def repeatable(message_id: str, at: datetime) -> bool:
    """Tell whether Resend will still know the idempotency key of this e-mail at that time."""
    return at - first_attempt(message_id) < KEY_LIFETIME
