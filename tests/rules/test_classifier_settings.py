"""The classifier's settings: a second stage that could not work is refused at the start."""

from pathlib import Path

import pytest

from services.classifier.config import ClassifierSettings
from shared.errors import ConfigurationError
from shared.settings import load


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", "postgresql://cam@127.0.0.1/cam")


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("AICMO_LLM_URL", "http://127.0.0.1:1/v1", "AICMO_LLM_MODEL: is not set, and AICMO_LLM_URL is"),
        ("AICMO_LLM_URL", "ftp://127.0.0.1", "AICMO_LLM_URL: must begin with http:// or https://"),
        ("AICMO_LLM_DAILY_BUDGET", "0", "AICMO_LLM_DAILY_BUDGET: "),
        ("AICMO_LLM_BELOW_CONFIDENCE", "70", "AICMO_LLM_BELOW_CONFIDENCE: "),
    ],
)
def test_a_wrong_setting_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str, told: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ConfigurationError, match=told):
        load(ClassifierSettings)


def test_there_is_no_second_stage_unless_it_is_asked_for() -> None:
    assert load(ClassifierSettings).llm_url == ""
