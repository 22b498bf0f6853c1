"""`.env.example` is the whole truth about settings."""

import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from dotenv import dotenv_values
from pydantic import AliasChoices, SecretStr
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings

import shared.settings
from shared.settings import load

_ROOT = Path(__file__).parents[2]
_EXAMPLE = _ROOT / ".env.example"
_ONLY_COMPOSE = {"POSTGRES_PASSWORD", "RABBITMQ_PASSWORD"}


def _settings_classes() -> list[type[BaseSettings]]:
    configs = sorted(_ROOT.glob("services/*/config.py"))
    modules = [shared.settings, *(importlib.import_module(f"services.{file.parent.name}.config") for file in configs)]
    found = {kind for module in modules for kind in vars(module).values() if isinstance(kind, type)}
    return sorted((kind for kind in found if issubclass(kind, BaseSettings) and kind is not BaseSettings), key=str)


def _fields() -> Iterator[tuple[str, FieldInfo]]:
    for kind in _settings_classes():
        for name, field in kind.model_fields.items():
            alias = field.validation_alias
            if isinstance(alias, AliasChoices):
                yield str(alias.choices[0]), field
            else:
                yield str(alias or f"{kind.model_config.get('env_prefix', '')}{name}").upper(), field


def _shown() -> dict[str, str]:
    found = re.findall(r"^(?:# )?([A-Z][A-Z0-9_]+)=(.*)$", _EXAMPLE.read_text(encoding="utf-8"), re.MULTILINE)
    return dict(found)


def test_every_setting_of_every_service_is_in_the_example() -> None:
    assert {name for name, _ in _fields()} - _shown().keys() == set()


def test_the_example_names_no_setting_that_does_not_exist() -> None:
    assert _shown().keys() - {name for name, _ in _fields()} == _ONLY_COMPOSE


def test_no_setting_is_in_the_example_twice() -> None:
    names = re.findall(r"^(?:# )?([A-Z][A-Z0-9_]+)=", _EXAMPLE.read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(names) == sorted(set(names))


def test_the_defaults_shown_are_the_defaults() -> None:
    shown = _shown()
    wrong = {}
    for name, field in _fields():
        default = field.default
        if shown.get(name) and not field.is_required() and not isinstance(default, SecretStr):
            written = str(default).lower() if isinstance(default, bool) else f"{default}"
            if shown[name] != written:
                wrong[name] = (shown[name], written)
    assert wrong == {}


@pytest.mark.parametrize("kind", _settings_classes(), ids=lambda kind: kind.__name__)
def test_a_copy_of_the_example_is_a_valid_env_file(kind: type[BaseSettings], monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in dotenv_values(_EXAMPLE).items():
        monkeypatch.setenv(name, value or "")
    load(kind)
