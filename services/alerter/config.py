"""Settings of the alerter: whom to tell, and through which channels."""

import re
from pathlib import Path
from urllib.parse import urlsplit

from email_validator import EmailNotValidError, validate_email
from pydantic import Field, SecretStr, field_validator

from shared.settings import CommaSeparated, Settings, split_commas

# A comma may be part of a channel's URL, so a list is only split where the next URL begins.
_NEXT_URL = re.compile(r"[,\s]+(?=[A-Za-z][A-Za-z0-9]{0,30}://)")


class AlerterSettings(Settings):
    """What the alerter reads beside the common settings."""

    alert_enabled: bool = Field(default=True, validation_alias="AICMO_CAM_WORKER_ALERT_ON_ENABLED")
    alert_emails: CommaSeparated = Field(default=[], validation_alias="AICMO_CAM_ALERT_EMAILS")
    alert_webhook_urls: SecretStr = Field(default=SecretStr(""), validation_alias="AICMO_CAM_ALERT_WEBHOOK_URLS")
    alert_urls: SecretStr = Field(default=SecretStr(""), validation_alias="AICMO_CAM_ALERT_URLS")
    alerter_journal_folder: Path = Field(
        default=Path(".cam/alerter"), validation_alias="AICMO_CAM_ALERTER_JOURNAL_FOLDER"
    )

    _split = field_validator("alert_emails", mode="before")(split_commas)

    @field_validator("alert_emails")
    @classmethod
    def _are_addresses(cls, value: list[str]) -> list[str]:
        return [_address(part) for part in value]

    @field_validator("alert_webhook_urls")
    @classmethod
    def _are_http(cls, value: SecretStr) -> SecretStr:
        for number, url in enumerate(urls(value), start=1):
            if not _is_http(url):
                raise ValueError(f"URL {number} is not an http:// or https:// one")
        return value


def urls(value: SecretStr) -> list[str]:
    """Return the URLs of a list that is separated by commas or white space, each once."""
    parts = (part.strip(" \t\r\n,") for part in _NEXT_URL.split(value.get_secret_value()))
    return list(dict.fromkeys(part for part in parts if part))


def _is_http(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname)


def _address(value: str) -> str:
    try:
        return validate_email(value, check_deliverability=False, globally_deliverable=False).normalized
    except EmailNotValidError as error:
        raise ValueError(f"{value}: {error}") from None
