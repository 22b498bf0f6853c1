"""An `.env` file as the old worker's documentation shows it works unchanged."""

from pathlib import Path

import pytest

from console.mailboxes import from_environment
from services.alerter.config import AlerterSettings
from services.alerter.providers import build
from services.classifier.config import ClassifierSettings
from services.decision.config import DecisionSettings
from services.inbox.config import InboxSettings
from services.sender.config import SenderSettings
from shared.database import driver_url
from shared.settings import ImapSettings, ResendSettings, Settings, SmtpSettings, load, secret, worker_id

OLD_ENV = r"""
# === CAM autonomous worker ===
export DATABASE_URL=postgresql://cam_user:p%40ss#word@db.internal:5432/aicmo   # the main database

# Worker
export AICMO_CAM_WORKER_ENABLED=true            # start the worker
export AICMO_CAM_WORKER_INTERVAL_SECONDS=45     # seconds between two cycles
export AICMO_CAM_WORKER_ID="cam-worker-1"       # shown in cam_worker_heartbeats
export AICMO_CAM_WORKER_ALERT_ON_ENABLED=True

# Alerts
export AICMO_CAM_ALERT_EMAILS="ops@acme.example, jane@acme.example"   # comma-separated

# Resend
AICMO_RESEND_API_KEY='re_0123#456'              # from the dashboard
AICMO_RESEND_FROM_EMAIL="Alex Morgan <alex@acme.example>"

# Limits
AICMO_CAM_EMAIL_DAILY_CAP=250                   # per day
AICMO_CAM_EMAIL_BATCH_CAP=25
AICMO_CAM_EMAIL_DRY_RUN=false                   # true: nothing leaves
AICMO_CAM_EMAIL_ALLOWLIST_REGEX='@(acme|beta)\.example$'

# Replies
export AICMO_IMAP_SERVER=imap.gmail.com
export AICMO_IMAP_PORT=993
export AICMO_IMAP_EMAIL=alex@acme.example
export AICMO_IMAP_PASSWORD="abcd efgh ijkl mnop"   # an app password
export AICMO_IMAP_POLL_INTERVAL_MINUTES=5

# Campaigns that nobody answers
AICMO_CAM_AUTO_PAUSE_ENABLE=1
AICMO_CAM_AUTO_PAUSE_REPLY_RATE_THRESHOLD=0.05  # 5 %
AICMO_CAM_AUTO_PAUSE_MIN_SENDS_TO_EVALUATE=80

AICMO_LOG_LEVEL=debug
SOMETHING_OF_ANOTHER_PROGRAM="stays unread"
"""


@pytest.fixture(autouse=True)
def _in_its_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, old_names: list[str]) -> None:
    """Stand in the folder of that file, with none of its names set in the environment."""
    (tmp_path / ".env").write_text(OLD_ENV, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    for name in old_names:
        monkeypatch.delenv(name, raising=False)
    for name in ("AICMO_SMTP_HOST", "AICMO_SMTP_FROM_EMAIL", "AICMO_CAM_ALERT_URLS", "AICMO_CAM_ALERT_WEBHOOK_URLS"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def old_names() -> list[str]:
    """Return the names in the file."""
    lines = [line.removeprefix("export ") for line in OLD_ENV.splitlines() if "=" in line and not line.startswith("#")]
    return [line.partition("=")[0] for line in lines]


@pytest.mark.parametrize(
    "kind", [SenderSettings, InboxSettings, ClassifierSettings, DecisionSettings, AlerterSettings, Settings]
)
def test_every_service_reads_what_all_share(kind: type[Settings]) -> None:
    settings = load(kind)
    assert settings.database_url.get_secret_value() == "postgresql://cam_user:p%40ss#word@db.internal:5432/aicmo"
    assert settings.worker_enabled is True
    assert settings.interval_seconds == 45
    assert settings.worker_id == "cam-worker-1"
    assert settings.log_level == "DEBUG"


def test_the_bare_database_url_gets_the_driver_that_is_installed() -> None:
    url = driver_url(load(Settings).database_url.get_secret_value())
    assert url == "postgresql+psycopg2://cam_user:p%40ss#word@db.internal:5432/aicmo"


def test_the_worker_s_name_stands_before_each_instance() -> None:
    settings = load(Settings)
    assert worker_id(settings, "sender").startswith("cam-worker-1/sender/")
    assert worker_id(settings, "inbox").startswith("cam-worker-1/inbox/")


def test_the_sender_reads_its_limits() -> None:
    settings = load(SenderSettings)
    assert (settings.email_daily_cap, settings.email_batch_cap) == (250, 25)
    assert settings.email_dry_run is False
    assert settings.email_allowlist_regex == r"@(acme|beta)\.example$"


def test_the_inbox_polls_as_often_as_was_asked() -> None:
    assert load(ImapSettings).poll_interval_minutes == 5


def test_the_decision_service_reads_when_to_pause() -> None:
    limits = load(DecisionSettings).limits
    assert (limits.auto_pause, limits.min_reply_rate, limits.min_sends) == (True, 0.05, 80)


def test_the_alerter_tells_the_addresses_through_resend() -> None:
    settings = load(AlerterSettings)
    assert settings.alert_enabled is True
    assert settings.alert_emails == ["ops@acme.example", "jane@acme.example"]
    (channel,) = build(settings, load(SmtpSettings), load(ResendSettings))
    assert "ops@acme.example" in channel.get_name()


def test_the_mailbox_sends_through_resend_and_is_watched_over_imap() -> None:
    mailbox = from_environment(load(SmtpSettings), load(ResendSettings), load(ImapSettings))
    assert (mailbox["provider"], mailbox["address"], mailbox["display_name"]) == (
        "RESEND",
        "alex@acme.example",
        "Alex Morgan",
    )
    assert (mailbox["imap_host"], mailbox["imap_port"], mailbox["imap_security"]) == ("imap.gmail.com", 993, "tls")
    assert mailbox["imap_username"] == "alex@acme.example"


def test_the_secrets_that_the_mailbox_names_are_found_in_the_file() -> None:
    mailbox = from_environment(load(SmtpSettings), load(ResendSettings), load(ImapSettings))
    assert secret(str(mailbox["resend_api_key_ref"])) == "re_0123#456"
    assert secret(str(mailbox["imap_password_ref"])) == "abcd efgh ijkl mnop"


def test_the_file_holds_every_name_that_was_given(old_names: list[str]) -> None:
    given = {
        *("DATABASE_URL", "AICMO_LOG_LEVEL", "AICMO_CAM_ALERT_EMAILS"),
        *("AICMO_RESEND_API_KEY", "AICMO_RESEND_FROM_EMAIL"),
        *(f"AICMO_CAM_WORKER_{name}" for name in ("ENABLED", "INTERVAL_SECONDS", "ID", "ALERT_ON_ENABLED")),
        *(f"AICMO_CAM_EMAIL_{name}" for name in ("DAILY_CAP", "BATCH_CAP", "DRY_RUN", "ALLOWLIST_REGEX")),
        *(f"AICMO_IMAP_{name}" for name in ("SERVER", "PORT", "EMAIL", "PASSWORD", "POLL_INTERVAL_MINUTES")),
        *(f"AICMO_CAM_AUTO_PAUSE_{name}" for name in ("ENABLE", "REPLY_RATE_THRESHOLD", "MIN_SENDS_TO_EVALUATE")),
    }
    assert given - set(old_names) == set()
