"""What would keep services from starting, found before they start: a setting, the tables, the topology."""

from collections.abc import Sequence
from importlib import import_module

from pydantic_settings import BaseSettings

from shared import migrate
from shared.database import open_engine
from shared.errors import ConfigurationError, OutageError
from shared.messaging import topology
from shared.settings import ImapSettings, ResendSettings, Settings, SmtpSettings, load


def check(services: Sequence[str]) -> None:
    """Raise `ConfigurationError` for what waiting would not change; servers that are away are waited for."""
    settings = load(Settings)
    if not settings.worker_enabled:
        return
    for name in services:
        load(_settings_of(name))
    for common in (SmtpSettings, ResendSettings, ImapSettings):
        load(common)
    try:
        _tables(settings.database_url.get_secret_value())
        _topology(settings.amqp_url.get_secret_value())
    except OutageError:
        # The services say what they wait for, each in its own words.
        return


def _settings_of(service: str) -> type[BaseSettings]:
    own: type[BaseSettings] = getattr(import_module(f"services.{service}.config"), f"{service.capitalize()}Settings")
    return own


def _tables(database_url: str) -> None:
    engine = open_engine(database_url, pool_size=1)
    try:
        migrate.verify(engine)
    finally:
        engine.dispose()


def _topology(amqp_url: str) -> None:
    there = topology.depths(amqp_url)
    missing = [name for each in topology.SUBSCRIPTIONS for name in topology.queues(each) if name not in there]
    if missing:
        raise ConfigurationError(f"the broker has no queue {missing[0]}: run `cam setup`")
