"""The sender's settings."""

import re
from pathlib import Path

from pydantic import Field, field_validator

from shared.settings import Settings


class SenderSettings(Settings):
    """What the sender needs beyond the common settings."""

    email_daily_cap: int = Field(default=500, validation_alias="AICMO_CAM_EMAIL_DAILY_CAP", ge=0)
    email_batch_cap: int = Field(default=100, validation_alias="AICMO_CAM_EMAIL_BATCH_CAP", gt=0, le=10_000)
    email_dry_run: bool = Field(default=False, validation_alias="AICMO_CAM_EMAIL_DRY_RUN")
    email_allowlist_regex: str = Field(default="", validation_alias="AICMO_CAM_EMAIL_ALLOWLIST_REGEX")
    sender_connections: int = Field(default=2, validation_alias="AICMO_CAM_SENDER_CONNECTIONS", gt=0, le=20)
    sender_threads: int = Field(default=8, validation_alias="AICMO_CAM_SENDER_THREADS", gt=0, le=64)
    sender_unrecorded: int = Field(default=64, validation_alias="AICMO_CAM_SENDER_UNRECORDED", gt=0, le=64)
    sender_journal_folder: Path = Field(default=Path(".cam/sender"), validation_alias="AICMO_CAM_SENDER_JOURNAL_FOLDER")

    @field_validator("email_allowlist_regex")
    @classmethod
    def _is_a_pattern(cls, value: str) -> str:
        try:
            re.compile(value)
        except re.error as error:
            raise ValueError(f"is no regular expression: {error}") from error
        return value
