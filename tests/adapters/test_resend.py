"""Sending through Resend's HTTP API, spoken by a local server."""

import json
from collections.abc import Iterator

import pytest

from services.sender.resend import ResendProvider
from services.sender.rules import Verdict
from shared.mail.resend import ResendClient
from tests.adapters.outgoing import a_follow_up, an_email, begin
from tests.adapters.resend_api import API_KEY, FakeResend, Trouble, resend_api
from tests.adapters.smtp_server import free_port


@pytest.fixture
def api() -> Iterator[FakeResend]:
    with resend_api() as running:
        yield running


@pytest.fixture
def waits() -> list[float]:
    return []


@pytest.fixture
def provider(api: FakeResend, waits: list[float]) -> Iterator[ResendProvider]:
    opened = ResendProvider(ResendClient(API_KEY, api_url=api.url, timeout_seconds=3), waits.append, begin)
    yield opened
    opened.close()


def test_an_e_mail_is_posted_under_its_own_key(api: FakeResend, provider: ResendProvider) -> None:
    result = provider.send(an_email())
    assert (result.verdict, result.provider_id) == (Verdict.SENT, "resend-0")
    (key, body), *_ = api.taken.items()
    assert key == "cam.42.69a81bc00123456789abcdef"
    assert json.loads(body) == {
        "from": "Sally Sender <sender@example.com>",
        "to": ["ann@example.org"],
        "subject": "A question",
        "text": an_email().body,
        "headers": {
            "List-Unsubscribe": "<mailto:sender@example.com?subject=unsubscribe>",
            "References": an_email().message_id,
        },
    }


def test_a_follow_up_carries_its_thread_and_its_own_id(api: FakeResend, provider: ResendProvider) -> None:
    provider.send(a_follow_up())
    headers = json.loads(next(iter(api.taken.values())))["headers"]
    assert headers["In-Reply-To"] == "<cam.2.b@x>"
    assert headers["References"].split() == ["<cam.1.a@x>", "<cam.2.b@x>", an_email().message_id]


def test_a_repetition_is_the_same_e_mail(api: FakeResend, provider: ResendProvider) -> None:
    api.troubles.append(Trouble(500, "application_error", after_taking=True))
    first = provider.send(an_email())
    assert (first.verdict, first.doubtful) == (Verdict.RETRY, True)
    assert provider.send(an_email(attempts=2, token="RESEND:later")).verdict is Verdict.SENT
    assert len(api.taken) == 1


def test_another_text_under_the_same_key_is_for_a_human(provider: ResendProvider) -> None:
    provider.send(an_email())
    assert provider.send(an_email(body="Something else")).verdict is Verdict.UNKNOWN


@pytest.mark.parametrize(
    ("trouble", "verdict", "doubtful"),
    [
        (Trouble(400, "validation_error"), Verdict.REFUSED, False),
        (Trouble(422, "invalid_to"), Verdict.REFUSED, False),
        (Trouble(401, "restricted_api_key"), Verdict.LOGIN_REFUSED, False),
        (Trouble(403, "validation_error"), Verdict.LOGIN_REFUSED, False),
        (Trouble(409, "concurrent_idempotent_requests"), Verdict.RETRY, True),
        (Trouble(429, "rate_limit_exceeded", retry_after="30"), Verdict.OUTAGE, False),
        (Trouble(429, "monthly_quota_exceeded"), Verdict.QUOTA, False),
        (Trouble(503), Verdict.RETRY, True),
        (Trouble(0), Verdict.RETRY, True),
    ],
)
def test_each_error_has_its_verdict(
    api: FakeResend, provider: ResendProvider, trouble: Trouble, verdict: Verdict, *, doubtful: bool
) -> None:
    api.troubles.append(trouble)
    result = provider.send(an_email())
    assert (result.verdict, result.doubtful) == (verdict, doubtful)
    assert api.taken == {}
    assert provider.send(an_email()).verdict is Verdict.SENT


def test_a_wrong_key_is_about_the_mailbox(api: FakeResend) -> None:
    provider = ResendProvider(ResendClient("re_wrong", api_url=api.url), lambda _: None, begin)
    assert provider.send(an_email()).verdict is Verdict.LOGIN_REFUSED
    provider.close()


def test_a_short_rate_limit_is_waited_for(api: FakeResend, provider: ResendProvider, waits: list[float]) -> None:
    api.troubles += [Trouble(429, "rate_limit_exceeded", retry_after="1")] * 2
    assert provider.send(an_email()).verdict is Verdict.SENT
    assert waits == [1.0, 1.0]


def test_a_long_rate_limit_lets_the_mailbox_rest(api: FakeResend, provider: ResendProvider, waits: list[float]) -> None:
    api.troubles.append(Trouble(429, "rate_limit_exceeded", retry_after="30"))
    result = provider.send(an_email())
    assert result.retry_after is not None
    assert (result.retry_after.total_seconds(), waits) == (30, [])


def test_nobody_listening_is_an_outage() -> None:
    provider = ResendProvider(ResendClient(API_KEY, api_url=f"http://127.0.0.1:{free_port()}"), lambda _: None, begin)
    assert provider.send(an_email()).verdict is Verdict.OUTAGE
    provider.close()
