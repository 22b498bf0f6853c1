"""The decision service's settings."""

from pydantic import Field

from services.decision.dossiers import Terms
from services.decision.rules import Limits
from shared.settings import Settings


class DecisionSettings(Settings):
    """What the decision service needs beyond the common settings; rates are fractions."""

    auto_pause_enable: bool = Field(default=False, validation_alias="AICMO_CAM_AUTO_PAUSE_ENABLE")
    auto_pause_reply_rate: float = Field(
        default=0.1, validation_alias="AICMO_CAM_AUTO_PAUSE_REPLY_RATE_THRESHOLD", ge=0, le=1
    )
    auto_pause_min_sends: int = Field(default=50, validation_alias="AICMO_CAM_AUTO_PAUSE_MIN_SENDS_TO_EVALUATE", ge=1)
    ooo_default_days: float = Field(default=7, validation_alias="AICMO_CAM_OOO_DEFAULT_DAYS", ge=0, le=365)

    @property
    def terms(self) -> Terms:
        """Return what a fold needs."""
        return Terms(self.ooo_default_days, self.day_seconds)

    @property
    def limits(self) -> Limits:
        """Return the rules of campaigns that have none of their own."""
        return Limits(self.auto_pause_enable, self.auto_pause_reply_rate, self.auto_pause_min_sends)
