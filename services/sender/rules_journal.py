"""What the journal of a batch says: which of its e-mails were begun, and what was answered. Pure.

A line is written just before what it tells of: "begun" before a server can take the e-mail, "answered" before the
answer is recorded. So a line that is missing, or has no end, tells of something that did not happen.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from services.sender.rules import SendResult, Verdict

_FORM = "cam-journal-1"


@dataclass(frozen=True, slots=True)
class Testimony:
    """All that a journal tells; `boot` names the run of the operating system in which it was written."""

    boot: str
    begun: frozenset[str]
    answers: Mapping[str, SendResult]


def first_line(boot: str) -> bytes:
    """Return what a journal begins with."""
    return f"{_FORM} {boot}\n".encode()


def begun_line(token: str) -> bytes:
    """Say that from now on a server may take the e-mail with this lease."""
    return f"begun {token}\n".encode()


def answer_line(token: str, result: SendResult, at: datetime) -> bytes:
    """Say what came of the e-mail with this lease, and when."""
    told = {
        "verdict": result.verdict,
        "detail": result.detail,
        "provider_id": result.provider_id,
        "retry_after": result.retry_after.total_seconds() if result.retry_after else None,
        "doubtful": result.doubtful,
        "at": at.isoformat(),
    }
    return f"answered {token} {json.dumps(told)}\n".encode()


def read(content: bytes) -> Testimony | None:
    """Read a journal; None if it is none, or one of which not even the beginning was written."""
    first, *lines = content.split(b"\n")[:-1] or [b""]
    form, _, boot = first.decode("ascii", "replace").partition(" ")
    if form != _FORM:
        return None
    begun, answers = set[str](), dict[str, SendResult]()
    for line in lines:
        word, _, rest = line.decode("ascii", "replace").partition(" ")
        token, _, told = rest.partition(" ")
        if word == "begun":
            begun.add(token)
        elif word == "answered" and (result := _result(told)):
            answers[token] = result
    return Testimony(boot, frozenset(begun), answers)


def _result(told: str) -> SendResult | None:
    try:
        values = json.loads(told)
        result = SendResult(
            Verdict(values["verdict"]),
            values["detail"],
            values["provider_id"],
            doubtful=values["doubtful"],
            answered_at=datetime.fromisoformat(values["at"]),
        )
        pause = values["retry_after"]
        return result if pause is None else replace(result, retry_after=timedelta(seconds=pause))
    except (ValueError, KeyError, TypeError):
        # Half a page that reached the disk before the machine stopped: who began and saw no answer is doubtful.
        return None
