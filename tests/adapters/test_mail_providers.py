"""What SMTP, Resend and the dry run have in common: one suite that each of them passes."""

from collections.abc import Iterator

import pytest

from services.sender.dry_run import DryRunProvider
from services.sender.lanes import MailProvider
from services.sender.resend import ResendProvider
from services.sender.rules import Verdict
from services.sender.smtp import SmtpProvider
from shared.mail.resend import ResendClient
from shared.mail.smtp import SmtpServer
from tests.adapters.outgoing import a_follow_up, an_email
from tests.adapters.resend_api import API_KEY, resend_api
from tests.adapters.smtp_server import smtp_server


@pytest.fixture(params=["smtp", "resend", "dry run"])
def provider(request: pytest.FixtureRequest) -> Iterator[MailProvider]:
    if request.param == "smtp":
        with smtp_server() as server:
            yield SmtpProvider(SmtpServer("127.0.0.1", server.port, "none"))
    elif request.param == "resend":
        with resend_api() as api:
            yield ResendProvider(ResendClient(API_KEY, api_url=api.url), lambda _: None)
    else:
        yield DryRunProvider()


@pytest.fixture(autouse=True)
def closed(provider: MailProvider) -> Iterator[None]:
    yield
    provider.close()


def test_an_accepted_e_mail_is_sent_and_has_a_provider_s_id(provider: MailProvider) -> None:
    result = provider.send(an_email())
    assert result.verdict is Verdict.SENT
    assert result.provider_id


def test_several_e_mails_go_one_after_the_other(provider: MailProvider) -> None:
    emails = [an_email(id=n, message_id=f"<cam.{n}.69a81bc0@example.com>") for n in range(3)]
    assert {provider.send(email).verdict for email in (*emails, a_follow_up())} == {Verdict.SENT}


@pytest.mark.parametrize(
    "change",
    [
        {"subject": "one\r\nBcc: everybody@example.com"},
        {"recipient": "jörg@example.org"},
        {"recipient": "ann@example.org\r\nRCPT TO:<bob@example.org>"},
        {"recipient": "not an address"},
        {"sender_name": "Sally\nBcc: everybody@example.com"},
    ],
)
def test_an_e_mail_that_can_not_be_written_is_refused(provider: MailProvider, change: dict[str, object]) -> None:
    assert provider.send(an_email(**change)).verdict is Verdict.REFUSED
    assert provider.send(an_email()).verdict is Verdict.SENT


def test_closing_twice_is_harmless(provider: MailProvider) -> None:
    provider.send(an_email())
    provider.close()
