"""Picks the channels that the settings describe."""

import logging

import httpx
import structlog

from services.alerter.chat import ChatAlertProvider
from services.alerter.config import AlerterSettings, urls
from services.alerter.delivery import CONNECT_SECONDS, TIMEOUT_SECONDS, AlertProvider
from services.alerter.noop import NoOpAlertProvider
from services.alerter.resend import ResendAlertProvider
from services.alerter.smtp import SmtpAlertProvider, SmtpCarrier
from services.alerter.webhook import WebhookAlertProvider
from shared.errors import ConfigurationError
from shared.mail.resend import ResendClient
from shared.mail.smtp import SmtpServer
from shared.settings import ResendSettings, SmtpSettings

log = structlog.get_logger()


def build(settings: AlerterSettings, smtp: SmtpSettings, resend: ResendSettings) -> list[AlertProvider]:
    """Return all configured channels, or the no-op one; `ConfigurationError` for what can never work."""
    if not settings.alert_enabled:
        log.info("alerts_switched_off", setting="AICMO_CAM_WORKER_ALERT_ON_ENABLED")
        return [NoOpAlertProvider()]
    channels = [
        *_email(settings, smtp, resend),
        *_webhooks(settings),
        *map(ChatAlertProvider, urls(settings.alert_urls)),
    ]
    configured = [channel for channel in channels if channel.is_configured()]
    if not configured:
        log.warning("alerts_not_configured", settings="AICMO_CAM_ALERT_EMAILS, _WEBHOOK_URLS, _URLS")
    return configured or [NoOpAlertProvider()]


def _email(settings: AlerterSettings, smtp: SmtpSettings, resend: ResendSettings) -> list[AlertProvider]:
    """Return the e-mail channels; Resend goes first, because its idempotency keys make a retry safe."""
    recipients = settings.alert_emails
    if recipients and resend.api_key.get_secret_value():
        return [_resend(resend, recipients)]
    if recipients and smtp.host:
        carrier = SmtpCarrier(_server(smtp))
        sender = _sender(smtp)
        return [SmtpAlertProvider(carrier, sender=sender, recipient=recipient) for recipient in recipients]
    return []


def _resend(resend: ResendSettings, recipients: list[str]) -> AlertProvider:
    if not resend.from_email:
        raise ConfigurationError("AICMO_RESEND_FROM_EMAIL: is not set (see .env.example)")
    client = ResendClient(resend.api_key.get_secret_value(), api_url=resend.api_url, timeout_seconds=TIMEOUT_SECONDS)
    return ResendAlertProvider(client, sender=resend.from_email, recipients=recipients)


def _server(smtp: SmtpSettings) -> SmtpServer:
    return SmtpServer(
        host=smtp.host,
        port=smtp.port,
        security=smtp.security,
        username=smtp.username,
        password=smtp.password.get_secret_value(),
        timeout_seconds=TIMEOUT_SECONDS,
    )


def _sender(smtp: SmtpSettings) -> str:
    sender = smtp.from_email or smtp.username
    if "@" not in sender:
        raise ConfigurationError("AICMO_SMTP_FROM_EMAIL: is not set (see .env.example)")
    return sender


def _webhooks(settings: AlerterSettings) -> list[AlertProvider]:
    # At INFO it logs every URL, and a webhook's URL is a secret.
    logging.getLogger("httpx").setLevel(logging.WARNING)
    client = httpx.Client(timeout=httpx.Timeout(TIMEOUT_SECONDS, connect=CONNECT_SECONDS))
    return [WebhookAlertProvider(url, client) for url in urls(settings.alert_webhook_urls)]
