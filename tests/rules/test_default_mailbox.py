"""The mailbox that the environment describes."""

import pytest
from pydantic import SecretStr

from console.mailboxes import from_environment
from shared.errors import ConfigurationError
from shared.settings import ImapSettings, ResendSettings, SmtpSettings

_SMTP = SmtpSettings(host="", from_email="", password=SecretStr(""), username="")
_NO_RESEND = ResendSettings(api_key=SecretStr(""), from_email="")
_RESEND = ResendSettings(api_key=SecretStr("re_1"), from_email="Ada <ada@our.example>")
_NO_IMAP = ImapSettings(server="", email="", password=SecretStr(""))
_IMAP = ImapSettings(server="imap.our.example", email="bob@our.example", password=SecretStr("secret"))


@pytest.mark.parametrize(
    ("host", "resend", "imap", "provider", "address"),
    [
        ("", _NO_RESEND, _NO_IMAP, "DRY_RUN", "cam@localhost"),
        ("", _NO_RESEND, _IMAP, "DRY_RUN", "bob@our.example"),
        ("smtp.our.example", _NO_RESEND, _IMAP, "SMTP", "bob@our.example"),
        ("smtp.our.example", _RESEND, _IMAP, "RESEND", "ada@our.example"),
    ],
)
def test_the_provider_is_resend_before_smtp_before_a_dry_run(
    *, host: str, resend: ResendSettings, imap: ImapSettings, provider: str, address: str
) -> None:
    mailbox = from_environment(_SMTP.model_copy(update={"host": host}), resend, imap)
    assert (mailbox["provider"], mailbox["address"]) == (provider, address)


def test_secrets_are_named_and_never_copied() -> None:
    mailbox = from_environment(_SMTP.model_copy(update={"password": SecretStr("secret")}), _RESEND, _IMAP)
    assert mailbox["smtp_password_ref"] == "env:AICMO_SMTP_PASSWORD"
    assert mailbox["resend_api_key_ref"] == "env:AICMO_RESEND_API_KEY"
    assert mailbox["imap_password_ref"] == "env:AICMO_IMAP_PASSWORD"
    assert "secret" not in str(mailbox)


def test_a_sender_that_is_no_address_is_named_by_its_variable() -> None:
    smtp = _SMTP.model_copy(update={"host": "smtp.our.example", "from_email": "Ada"})
    with pytest.raises(ConfigurationError, match="AICMO_SMTP_FROM_EMAIL: 'Ada'"):
        from_environment(smtp, _NO_RESEND, _NO_IMAP)
