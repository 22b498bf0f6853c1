"""Chooses and builds the provider of a mailbox."""

from collections.abc import Callable

from services.sender.dry_run import DryRunProvider
from services.sender.planning import Mailbox
from services.sender.resend import ResendProvider
from services.sender.run import Begin, MailProvider
from services.sender.smtp import SmtpProvider
from shared.errors import ConfigurationError
from shared.mail.resend import ResendClient
from shared.mail.smtp import SmtpServer
from shared.settings import ResendSettings, SmtpSettings, secret
from shared.states import Provider

_DEFAULT_PORTS = {"none": 25, "starttls": 587, "tls": 465}


def open_provider(
    mailbox: Mailbox,
    provider: Provider,
    begin: Begin,
    *,
    smtp: SmtpSettings,
    resend: ResendSettings,
    wait: Callable[[float], object],
) -> MailProvider:
    """Return what sends for this mailbox; raise `ConfigurationError` if a server or secret is missing.

    `begin` is called with each e-mail just before it leaves, except in a dry run.
    """
    if provider is Provider.DRY_RUN:
        return DryRunProvider()
    if provider is Provider.SMTP:
        return SmtpProvider(server_of(mailbox, smtp), begin)
    key = secret(mailbox.resend_api_key_ref) or resend.api_key.get_secret_value()
    if not key:
        raise ConfigurationError("AICMO_RESEND_API_KEY: is not set, and the mailbox names no key of its own")
    return ResendProvider(ResendClient(key, api_url=resend.api_url), wait, begin)


def server_of(mailbox: Mailbox, common: SmtpSettings) -> SmtpServer:
    """Return where a mailbox submits its mail; raise `ConfigurationError` if nothing says so."""
    if not mailbox.smtp_host:
        if not common.host:
            raise ConfigurationError("AICMO_SMTP_HOST: is not set, and the mailbox names no server of its own")
        password = common.password.get_secret_value()
        return SmtpServer(common.host, common.port, common.security, common.username, password)
    return SmtpServer(
        mailbox.smtp_host,
        mailbox.smtp_port or _DEFAULT_PORTS[mailbox.smtp_security],
        mailbox.smtp_security,
        mailbox.smtp_username or "",
        secret(mailbox.smtp_password_ref) or "",
    )
