"""Which channels the settings pick, and which settings are refused."""

import pytest
from pydantic import SecretStr

from services.alerter.config import AlerterSettings
from services.alerter.providers import build
from shared.errors import ConfigurationError
from shared.settings import ResendSettings, SmtpSettings, load
from tests.handlers.alerter.outside import serve_web

# The apprise library still looks for a module that Python 3.13 dropped.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr':DeprecationWarning")


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> pytest.MonkeyPatch:
    """Only the variables that a test sets, and no `.env`."""
    monkeypatch.chdir(str(tmp_path))
    for name in ("AICMO_SMTP_HOST", "AICMO_RESEND_API_KEY", "AICMO_CAM_ALERT_EMAILS", "AICMO_CAM_ALERT_URLS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DATABASE_URL", "postgresql:///cam")
    return monkeypatch


def _names() -> list[str]:
    return [channel.get_name() for channel in build(load(AlerterSettings), load(SmtpSettings), load(ResendSettings))]


def test_nothing_configured_is_the_noop_channel(environment: pytest.MonkeyPatch) -> None:
    del environment
    assert _names() == ["noop"]


def test_an_env_file_of_the_old_worker_alerts_through_resend(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("AICMO_RESEND_API_KEY", "re_secret")
    environment.setenv("AICMO_RESEND_FROM_EMAIL", "cam@cam.example")
    environment.setenv("AICMO_CAM_ALERT_EMAILS", "ops@acme.example, jane@acme.example")
    with serve_web() as web:
        (provider,) = build(load(AlerterSettings), load(SmtpSettings), ResendSettings(api_url=web.url))
        assert provider.send_alert("Reply", "Yes.", {"key": "POSITIVE_REPLY/7"})
    assert web.requests[0].path == "/emails"
    assert web.requests[0].body["to"] == ["ops@acme.example", "jane@acme.example"]


def test_every_configured_channel_is_used(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("AICMO_SMTP_HOST", "smtp.example")
    environment.setenv("AICMO_SMTP_FROM_EMAIL", "cam@cam.example")
    environment.setenv("AICMO_CAM_ALERT_EMAILS", "ops@acme.example,jane@acme.example")
    environment.setenv("AICMO_CAM_ALERT_WEBHOOK_URLS", "https://a.example/x?to=1,2, https://b.example/y")
    environment.setenv("AICMO_CAM_ALERT_URLS", "json://chat.example/SECRET xml://chat.example/SECRET")
    kinds = [name.partition("#")[0] for name in _names()]
    assert kinds == [
        "email:ops@acme.example",
        "email:jane@acme.example",
        "webhook:a.example",
        "webhook:b.example",
        "json",
        "xml",
    ]


def test_alerts_can_be_switched_off(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("AICMO_CAM_ALERT_WEBHOOK_URLS", "https://a.example/x")
    environment.setenv("AICMO_CAM_WORKER_ALERT_ON_ENABLED", "false")
    assert _names() == ["noop"]


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("AICMO_CAM_ALERT_EMAILS", "ops@acme.example, nobody"),
        ("AICMO_CAM_ALERT_WEBHOOK_URLS", "ftp://SECRET.example"),
        ("AICMO_CAM_ALERT_WEBHOOK_URLS", "http://[SECRET"),
        ("AICMO_CAM_ALERT_URLS", "nosuchchannel://SECRET"),
    ],
)
def test_a_wrong_setting_is_named_in_one_line_without_its_secret(
    environment: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    environment.setenv(variable, value)
    with pytest.raises(ConfigurationError) as refused:
        _names()
    assert str(refused.value).startswith(f"{variable}: ")
    assert "SECRET" not in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("given", "missing"),
    [("AICMO_RESEND_API_KEY", "AICMO_RESEND_FROM_EMAIL"), ("AICMO_SMTP_HOST", "AICMO_SMTP_FROM_EMAIL")],
)
def test_mail_without_a_sender_is_refused_at_start(environment: pytest.MonkeyPatch, given: str, missing: str) -> None:
    environment.setenv("AICMO_CAM_ALERT_EMAILS", "ops@acme.example")
    environment.setenv(given, "x")
    with pytest.raises(ConfigurationError, match=missing):
        _names()


def test_secret_urls_do_not_show_when_settings_are_printed(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("AICMO_CAM_ALERT_URLS", "json://chat.example/SECRET")
    environment.setenv("AICMO_CAM_ALERT_WEBHOOK_URLS", "https://a.example/SECRET")
    settings = load(AlerterSettings)
    assert isinstance(settings.alert_urls, SecretStr)
    assert "SECRET" not in repr(settings)
