"""Settings that belong together are refused when they contradict each other."""

from pathlib import Path

import pytest

from shared.errors import ConfigurationError
from shared.settings import Settings, load


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", "postgresql://")


@pytest.mark.parametrize("handler", ["", "59"])
def test_a_handler_is_not_called_stuck_while_it_waits_for_the_database(
    monkeypatch: pytest.MonkeyPatch, handler: str
) -> None:
    monkeypatch.setenv("AICMO_DATABASE_TIMEOUT_SECONDS", "30")
    monkeypatch.setenv("AICMO_CAM_HANDLER_TIMEOUT_SECONDS", handler)
    with pytest.raises(ConfigurationError, match=r"^AICMO_CAM_HANDLER_TIMEOUT_SECONDS: must be at least 60, twice"):
        load(Settings)


def test_more_patience_with_both_is_accepted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AICMO_DATABASE_TIMEOUT_SECONDS", "30")
    monkeypatch.setenv("AICMO_CAM_HANDLER_TIMEOUT_SECONDS", "60")
    assert load(Settings).handler_timeout_seconds == 60
