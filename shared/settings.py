"""Settings of all services: read once from the environment and `.env`, and refused in one line each."""

import os
import socket
from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import AliasChoices, Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from shared.errors import ConfigurationError

S = TypeVar("S", bound=BaseSettings)
_LEVELS = {"DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"}


class DatabaseSettings(BaseSettings):
    """Where the one database is."""

    model_config = SettingsConfigDict(
        env_file=".env", env_prefix="AICMO_", env_ignore_empty=True, extra="ignore", populate_by_name=True
    )

    database_url: SecretStr = Field(validation_alias=AliasChoices("DATABASE_URL", "database_url"))
    # No answer of the database within this time is an outage; a service's statements take far less.
    database_timeout_seconds: float = Field(default=10, ge=2, le=600)

    @field_validator("database_url")
    @classmethod
    def _is_postgresql(cls, value: SecretStr) -> SecretStr:
        if not value.get_secret_value().startswith(("postgresql://", "postgresql+psycopg2://", "postgres://")):
            raise ValueError("must begin with postgresql://")
        return value


class Settings(DatabaseSettings):
    """What every service and the console need."""

    amqp_url: SecretStr = SecretStr("amqp://guest:guest@127.0.0.1:5672/")
    amqp_management_url: SecretStr = SecretStr("")
    log_level: str = "INFO"
    worker_enabled: bool = Field(default=True, validation_alias="AICMO_CAM_WORKER_ENABLED")
    worker_id: str = Field(default="", validation_alias="AICMO_CAM_WORKER_ID", max_length=80)
    interval_seconds: float = Field(default=60, validation_alias="AICMO_CAM_WORKER_INTERVAL_SECONDS", gt=0, le=3600)
    heartbeat_seconds: float = Field(default=10, validation_alias="AICMO_CAM_HEARTBEAT_SECONDS", gt=0, le=300)
    heartbeat_ttl_seconds: float = Field(default=300, validation_alias="AICMO_CAM_HEARTBEAT_TTL_SECONDS", gt=0)
    day_seconds: float = Field(default=86_400, validation_alias="AICMO_CAM_DAY_SECONDS", gt=0, le=86_400)
    drain_seconds: float = Field(default=8, validation_alias="AICMO_CAM_DRAIN_SECONDS", gt=0, le=60)
    # Longer than any handler takes that is not stuck.
    handler_timeout_seconds: float = Field(
        default=20, validation_alias="AICMO_CAM_HANDLER_TIMEOUT_SECONDS", gt=0, validate_default=True
    )
    event_batch_size: int = Field(default=200, validation_alias="AICMO_CAM_EVENT_BATCH_SIZE", ge=1, le=1000)
    keep_handled_days: float = Field(default=90, validation_alias="AICMO_CAM_KEEP_HANDLED_DAYS", ge=1, le=3650)
    health_file: Path | None = Field(default=None, validation_alias="AICMO_CAM_HEALTH_FILE")
    metrics_port: int = Field(default=0, ge=0, le=65_535)  # 0: metrics are not shown
    metrics_address: str = "127.0.0.1"

    @field_validator("log_level")
    @classmethod
    def _known_level(cls, value: str) -> str:
        if value.upper() not in _LEVELS:
            raise ValueError(f"must be one of {', '.join(sorted(_LEVELS))}")
        return value.upper()

    @field_validator("handler_timeout_seconds")
    @classmethod
    def _outlasts_waiting_for_the_database(cls, value: float, info: ValidationInfo) -> float:
        least = 2 * info.data.get("database_timeout_seconds", 0)
        if value < least:
            raise ValueError(
                f"must be at least {least:g}, twice AICMO_DATABASE_TIMEOUT_SECONDS:"
                " who waits for the database is not stuck"
            )
        return value

    @field_validator("amqp_url")
    @classmethod
    def _is_amqp(cls, value: SecretStr) -> SecretStr:
        if not value.get_secret_value().startswith(("amqp://", "amqps://")):
            raise ValueError("must begin with amqp:// or amqps://")
        return value


class SmtpSettings(BaseSettings):
    """The SMTP server that carries mail when no mailbox says otherwise; an empty host means none."""

    model_config = SettingsConfigDict(
        env_file=".env", env_prefix="AICMO_SMTP_", env_ignore_empty=True, extra="ignore", populate_by_name=True
    )

    host: str = ""
    port: int = Field(default=587, gt=0, le=65_535)
    security: str = Field(default="starttls", pattern=r"^(none|starttls|tls)$")
    username: str = ""
    password: SecretStr = SecretStr("")
    from_email: str = ""


class ResendSettings(BaseSettings):
    """The Resend account; an empty key means none."""

    model_config = SettingsConfigDict(
        env_file=".env", env_prefix="AICMO_RESEND_", env_ignore_empty=True, extra="ignore", populate_by_name=True
    )

    api_key: SecretStr = SecretStr("")
    from_email: str = ""
    api_url: str = "https://api.resend.com"


class ImapSettings(BaseSettings):
    """The mailbox that an `.env` alone describes; an empty server means none."""

    model_config = SettingsConfigDict(
        env_file=".env", env_prefix="AICMO_IMAP_", env_ignore_empty=True, extra="ignore", populate_by_name=True
    )

    server: str = ""
    port: int = Field(default=993, gt=0, le=65_535)
    email: str = ""
    password: SecretStr = SecretStr("")
    security: str = Field(default="tls", pattern=r"^(none|starttls|tls)$")
    poll_interval_minutes: float = Field(default=15, gt=0, le=1440)


CommaSeparated = Annotated[list[str], NoDecode]


def split_commas(value: object) -> object:
    """Turn `a, b` into a list; anything else stays as it is (for field validators with mode="before")."""
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


def load(settings: type[S]) -> S:
    """Read settings; raise `ConfigurationError` naming the environment variable that is wrong or missing."""
    try:
        return settings()
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise ConfigurationError(f"{_variable(settings, first['loc'])}: {_in_words(first)}") from None


def _variable(settings: type[BaseSettings], location: tuple[int | str, ...]) -> str:
    name = str(location[0]) if location else ""
    field = settings.model_fields.get(name)
    if field is None:
        return name
    alias = field.validation_alias
    return alias if isinstance(alias, str) else f"{settings.model_config.get('env_prefix', '')}{name}".upper()


def _in_words(problem: object) -> str:
    message = str(problem["msg"]) if isinstance(problem, dict) else str(problem)
    missing = isinstance(problem, dict) and problem.get("type") == "missing"
    return "is not set (see .env.example)" if missing else message.removeprefix("Value error, ").removeprefix("Input ")


def worker_id(settings: Settings, service: str) -> str:
    """Return what names this instance in heartbeats and leases; replicas with one setting still differ."""
    instance = f"{service}/{socket.gethostname()}.{os.getpid()}"
    return f"{settings.worker_id}/{instance}" if settings.worker_id else instance


def secret(reference: str | None) -> str | None:
    """Resolve a secret reference, `env:NAME` or `file:/path`; raise `ConfigurationError` if there is nothing."""
    if not reference:
        return None
    kind, _, place = reference.partition(":")
    if kind == "env":
        value = os.environ.get(place) or _from_env_file(place)
    elif kind == "file":
        value = _read(Path(place))
    else:
        raise ConfigurationError(f"secret reference must begin with env: or file:, not {kind}:")
    if not value:
        raise ConfigurationError(f"{reference} is empty or not set")
    return value


def _from_env_file(name: str) -> str | None:
    from dotenv import dotenv_values  # noqa: PLC0415 - only needed where a secret is not in the environment

    return dotenv_values(".env").get(name)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ConfigurationError(f"file:{path} can't be read: {error.strerror}") from error
