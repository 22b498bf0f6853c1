"""All alert channels pass one contract, against a real SMTP server and a real HTTP server."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from email import message_from_bytes, policy

import httpx
import pytest

from services.alerter.chat import ChatAlertProvider
from services.alerter.delivery import AlertProvider
from services.alerter.noop import NoOpAlertProvider
from services.alerter.resend import ResendAlertProvider
from services.alerter.smtp import SmtpAlertProvider, SmtpCarrier
from services.alerter.webhook import WebhookAlertProvider
from shared.errors import CamError
from shared.mail.resend import ResendClient
from tests.handlers.alerter.fakes import FakeChannel
from tests.handlers.alerter.outside import MailServer, Web, serve_mail, serve_web

# The apprise library still looks for a module that Python 3.13 dropped.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr':DeprecationWarning")

TITLE = "Reply: POSITIVE from Jané at Acme"
MESSAGE = "Yes, call me.\n\nNext: answer."
METADATA = {"key": "POSITIVE_REPLY/inbound/7", "alert_type": "POSITIVE_REPLY", "campaign": "Spring"}


@pytest.fixture
def web() -> Iterator[Web]:
    with serve_web() as made:
        yield made


@pytest.fixture
def mail() -> Iterator[MailServer]:
    with serve_mail() as made:
        yield made


@dataclass(slots=True)
class Channel:
    """A provider under test, with the other end in view."""

    provider: AlertProvider
    refuse: Callable[[], None] | None
    titles: Callable[[], list[str]]


@pytest.fixture
def carrier(mail: MailServer) -> Iterator[SmtpCarrier]:
    made = SmtpCarrier(mail.server)
    yield made
    made.close()


@pytest.fixture
def resend_client(web: Web) -> Iterator[ResendClient]:
    made = ResendClient("re_secret", api_url=web.url, timeout_seconds=5)
    yield made
    made.close()


@pytest.fixture
def http() -> Iterator[httpx.Client]:
    with httpx.Client(timeout=5) as client:
        yield client


@pytest.fixture(params=["fake", "noop", "smtp", "resend", "webhook", "chat"])
def channel(request: pytest.FixtureRequest) -> Channel:
    makers: dict[str, Callable[[pytest.FixtureRequest], Channel]] = {
        "fake": lambda _: _fake(),
        "noop": lambda _: Channel(NoOpAlertProvider(), None, lambda: [TITLE]),
        "smtp": _smtp,
        "resend": _resend,
        "webhook": _webhook,
        "chat": _chat,
    }
    return makers[request.param](request)


def _fake() -> Channel:
    fake = FakeChannel()
    return Channel(fake, lambda: setattr(fake, "refusals", 1), lambda: fake.titles)


def _smtp(request: pytest.FixtureRequest) -> Channel:
    mail: MailServer = request.getfixturevalue("mail")
    provider = SmtpAlertProvider(
        request.getfixturevalue("carrier"), sender="CAM <cam@cam.example>", recipient="ops@acme.example"
    )
    return Channel(provider, lambda: setattr(mail.post, "refusing", True), mail.subjects)


def _resend(request: pytest.FixtureRequest) -> Channel:
    web: Web = request.getfixturevalue("web")
    provider = ResendAlertProvider(
        request.getfixturevalue("resend_client"), sender="cam@cam.example", recipients=["ops@acme.example"]
    )
    return Channel(provider, lambda: setattr(web, "status", 500), lambda: _seen(web, "subject"))


def _webhook(request: pytest.FixtureRequest) -> Channel:
    web: Web = request.getfixturevalue("web")
    provider = WebhookAlertProvider(f"{web.url}/hook/SECRET", request.getfixturevalue("http"))
    return Channel(provider, lambda: setattr(web, "status", 503), lambda: _seen(web, "title"))


def _chat(request: pytest.FixtureRequest) -> Channel:
    web: Web = request.getfixturevalue("web")
    provider = ChatAlertProvider(f"{web.url.replace('http', 'json')}/SECRET")
    return Channel(provider, lambda: setattr(web, "status", 503), lambda: _seen(web, "title"))


def _seen(web: Web, name: str) -> list[str]:
    return [str(request.body[name]) for request in web.requests]


def _taken(provider: AlertProvider, title: str = TITLE) -> bool:
    """Return what the provider said; a `CamError` is a no."""
    try:
        return provider.send_alert(title, MESSAGE, METADATA)
    except CamError:
        return False


def test_an_alert_arrives(channel: Channel) -> None:
    assert channel.provider.is_configured()
    assert _taken(channel.provider)
    assert channel.titles() == [TITLE]


def test_a_refused_alert_is_never_called_taken(channel: Channel) -> None:
    if channel.refuse:
        channel.refuse()
    assert _taken(channel.provider) is (channel.refuse is None), "only the no-op channel can't refuse"


def test_a_channel_has_a_name_without_secrets(channel: Channel) -> None:
    name = channel.provider.get_name()
    assert name
    assert name == channel.provider.get_name()
    assert "secret" not in name.lower()


def test_a_title_with_line_breaks_forges_nothing(channel: Channel) -> None:
    assert _taken(channel.provider, "Reply\r\nBcc: victim@acme.example")


def test_several_threads_may_tell_at_once(channel: Channel) -> None:
    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(lambda _: _taken(channel.provider), range(24)))


def test_mail_alerts_reuse_their_connection_and_keep_their_message_id(mail: MailServer, carrier: SmtpCarrier) -> None:
    provider = SmtpAlertProvider(carrier, sender="CAM <cam@cam.example>", recipient="ops@acme.example")
    for _ in range(3):
        provider.send_alert(TITLE, MESSAGE, METADATA)
    sent = [message_from_bytes(raw, policy=policy.default) for _, raw in mail.post.mails]
    assert len(mail.post.peers) == 1
    assert len({str(one["Message-ID"]) for one in sent}) == 1
    assert sent[0]["Auto-Submitted"] == "auto-generated"
    assert sent[0].get_content().splitlines() == MESSAGE.splitlines()


def test_a_forged_line_in_a_title_becomes_no_header(mail: MailServer, carrier: SmtpCarrier) -> None:
    provider = SmtpAlertProvider(carrier, sender="cam@cam.example", recipient="ops@acme.example")
    provider.send_alert("Reply\r\nBcc: victim@acme.example", MESSAGE, METADATA)
    recipients, raw = mail.post.mails[0]
    assert recipients == ["ops@acme.example"]
    assert message_from_bytes(raw)["Bcc"] is None


def test_the_server_may_close_an_idle_connection(mail: MailServer, carrier: SmtpCarrier) -> None:
    provider = SmtpAlertProvider(carrier, sender="cam@cam.example", recipient="ops@acme.example")
    provider.send_alert(TITLE, MESSAGE, METADATA)
    assert carrier.connection
    carrier.connection.close()
    assert provider.send_alert(TITLE, MESSAGE, METADATA)
    assert len(mail.post.mails) == 2


def test_a_refused_recipient_is_reported_with_the_servers_words(mail: MailServer, carrier: SmtpCarrier) -> None:
    mail.post.refusing = True
    provider = SmtpAlertProvider(carrier, sender="cam@cam.example", recipient="ops@acme.example")
    with pytest.raises(CamError, match=r"SMTP 550 5\.1\.1 nobody here"):
        provider.send_alert(TITLE, MESSAGE, METADATA)


@pytest.mark.parametrize("status", [400, 401, 403, 422, 429, 500, 503])
def test_what_resend_refuses_is_reported(web: Web, resend_client: ResendClient, status: int) -> None:
    web.status = status
    provider = ResendAlertProvider(resend_client, sender="cam@cam.example", recipients=["ops@acme.example"])
    with pytest.raises(CamError, match=f"Resend {status} no the channel is down"):
        provider.send_alert(TITLE, MESSAGE, METADATA)


def test_a_repeated_alert_is_one_mail_to_resend(web: Web, resend_client: ResendClient) -> None:
    provider = ResendAlertProvider(resend_client, sender="cam@cam.example", recipients=["ops@acme.example"])
    assert provider.send_alert(TITLE, MESSAGE, METADATA)
    assert provider.send_alert(TITLE, MESSAGE, METADATA)
    assert [request.headers["idempotency-key"] for request in web.requests] == [METADATA["key"]] * 2
    assert list(web.accepted.values()) == [web.requests[0].body]
    assert web.requests[0].headers["authorization"] == "Bearer re_secret"


def test_a_webhook_gets_the_facts_and_the_key(web: Web, http: httpx.Client) -> None:
    WebhookAlertProvider(f"{web.url}/hook", http).send_alert(TITLE, MESSAGE, METADATA)
    (request,) = web.requests
    assert request.headers["idempotency-key"] == METADATA["key"]
    assert request.body == {**METADATA, "title": TITLE, "message": MESSAGE, "text": f"{TITLE}\n\n{MESSAGE}"}


@pytest.mark.parametrize("status", [301, 404, 429, 500])
def test_a_webhook_that_does_not_say_2xx_has_not_taken_it(web: Web, http: httpx.Client, status: int) -> None:
    web.status = status
    with pytest.raises(CamError, match=f"HTTP {status}"):
        WebhookAlertProvider(web.url, http).send_alert(TITLE, MESSAGE, METADATA)


def test_a_reason_never_holds_a_webhooks_url(http: httpx.Client) -> None:
    with pytest.raises(CamError) as refused:
        WebhookAlertProvider("http://127.0.0.1:1/SECRET", http).send_alert(TITLE, MESSAGE, METADATA)
    assert "SECRET" not in str(refused.value)
