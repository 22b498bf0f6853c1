"""What SMTP, Resend and the dry run have in common: one suite that each of them passes."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from services.sender.dry_run import DryRunProvider
from services.sender.outgoing import OutgoingEmail
from services.sender.resend import ResendProvider
from services.sender.rules import Verdict
from services.sender.run import MailProvider
from services.sender.smtp import SmtpProvider
from shared.mail.resend import ResendClient
from shared.mail.smtp import SmtpServer
from tests.adapters.outgoing import a_follow_up, an_email, begin
from tests.adapters.resend_api import API_KEY, resend_api
from tests.adapters.smtp_server import smtp_server


@pytest.fixture(params=["smtp", "resend", "dry run"])
def provider(request: pytest.FixtureRequest) -> Iterator[MailProvider]:
    if request.param == "smtp":
        with smtp_server() as server:
            yield SmtpProvider(SmtpServer("127.0.0.1", server.port, "none"), begin)
    elif request.param == "resend":
        with resend_api() as api:
            yield ResendProvider(ResendClient(API_KEY, api_url=api.url), lambda _: None, begin)
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


class Gate:
    """Counts what the other side had taken whenever an e-mail was about to leave; lets it leave, or not."""

    def __init__(self) -> None:
        self.taken: Callable[[], int] = lambda: 0
        self.counts: list[int] = []
        self.closed = False

    def __call__(self, _: OutgoingEmail) -> None:
        """Count, and forbid it if closed."""
        self.counts.append(self.taken())
        if self.closed:
            raise OSError("the journal can't be written")


@contextmanager
def guarded(kind: str, gate: Gate) -> Iterator[MailProvider]:
    """Open a provider that asks this gate."""
    if kind == "smtp":
        with smtp_server() as server:
            gate.taken = lambda: len(server.accepted)
            yield SmtpProvider(SmtpServer("127.0.0.1", server.port, "none"), gate)
    else:
        with resend_api() as api:
            gate.taken = lambda: len(api.taken)
            yield ResendProvider(ResendClient(API_KEY, api_url=api.url), lambda _: None, gate)


@pytest.mark.parametrize("kind", ["smtp", "resend"])
def test_an_e_mail_is_called_begun_before_anybody_can_take_it_and_stays_here_if_that_is_forbidden(kind: str) -> None:
    gate = Gate()
    with guarded(kind, gate) as gated:
        first, second = an_email(), an_email(id=43, message_id="<cam.43.69a81bc0@example.com>")
        assert gated.send(first).verdict is Verdict.SENT
        gate.closed = True
        assert gated.send(second).verdict is Verdict.OUTAGE
        assert gate.taken() == 1
        gate.closed = False
        assert gated.send(second).verdict is Verdict.SENT
        assert gate.taken() == 2
        gated.close()
    assert (gate.counts[0], {*gate.counts[1:]}) == (0, {1})
