"""The classifier's settings."""

from typing import Self

from pydantic import Field, SecretStr, ValidationInfo, field_validator

from shared.settings import Settings

# What a handler takes at most beside its questions.
_BESIDE_SECONDS = 7.0


class ClassifierSettings(Settings):
    """What the classifier reads; without `llm_url` there is no second stage, and no mail leaves this system."""

    llm_url: str = ""
    llm_model: str = Field(default="", validate_default=True, max_length=200)
    llm_api_key: SecretStr = SecretStr("")
    llm_below_confidence: float = Field(default=0.7, ge=0, le=1)
    llm_timeout_seconds: float = Field(default=8, gt=0, le=60)
    llm_batch_seconds: float = Field(default=5, gt=0, le=120)
    llm_daily_budget: int = Field(default=500, ge=1)
    llm_connections: int = Field(default=4, ge=1, le=32)

    def with_time_for_the_second_stage(self) -> Self:
        """Return the settings with as much patience for a handler as its questions may take."""
        asking = self.llm_batch_seconds + self.llm_timeout_seconds if self.llm_url else 0
        longest = asking + _BESIDE_SECONDS
        return self.model_copy(update={"handler_timeout_seconds": max(self.handler_timeout_seconds, longest)})

    @field_validator("llm_url")
    @classmethod
    def _is_http(cls, value: str) -> str:
        if value and not value.startswith(("http://", "https://")):
            raise ValueError("must begin with http:// or https://")
        return value

    @field_validator("llm_model")
    @classmethod
    def _is_named(cls, value: str, info: ValidationInfo) -> str:
        if info.data.get("llm_url") and not value:
            raise ValueError("is not set, and AICMO_LLM_URL is (see .env.example)")
        return value
