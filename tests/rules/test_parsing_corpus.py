"""Mail that nobody on this project wrote: nearly a thousand bounces, complaints and odd messages."""

from collections import Counter
from pathlib import Path

import pytest

from services.inbox.rules import addresses, returned_ids
from shared.mail.parsing import ParsedEmail, UnparsableError, parse_email

MESSAGES = Path(__file__).resolve().parents[3] / "shared" / "data" / "mail" / "messages"

pytestmark = pytest.mark.skipif(not MESSAGES.is_dir(), reason=f"no folder {MESSAGES}")


def _read(kind: str) -> list[ParsedEmail | None]:
    return [_parsed(path) for path in sorted((MESSAGES / kind).iterdir())]


def _parsed(path: Path) -> ParsedEmail | None:
    try:
        return parse_email(path.read_bytes())
    except UnparsableError:
        return None


def test_nearly_every_bounce_gives_a_report_and_something_to_match_it_by() -> None:
    mails = [mail for mail in _read("bounce") if mail]
    reported = [mail for mail in mails if mail.report]
    matchable = [mail for mail in reported if returned_ids(mail) or len(addresses(mail)) > 1]

    assert len(mails) == len(list((MESSAGES / "bounce").iterdir()))
    assert len(reported) / len(mails) > 0.97
    assert len(matchable) / len(mails) > 0.96


def test_ordinary_mail_reports_nothing_and_hardly_any_is_refused() -> None:
    mails = _read("ordinary")

    assert mails.count(None) <= 2
    assert [mail for mail in mails if mail and mail.report] == []


def test_complaints_are_told_from_bounces() -> None:
    kinds = Counter(str((mail.report or {}).get("type")) for mail in _read("other") if mail)

    assert kinds["feedback-report"] >= 13
    assert kinds["delivery-status"] <= 1
