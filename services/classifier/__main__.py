"""Says what a reply means: the classifier's composition root."""

import logging
import sys
from functools import partial
from threading import Event

from sqlalchemy import Engine

from services.classifier.budget import Budget
from services.classifier.config import ClassifierSettings
from services.classifier.handlers import reply_received
from services.classifier.model import shipped
from services.classifier.second_stage import Bounds, SecondStage
from shared.clock import utc_now
from shared.database import service_engine
from shared.events import ReplyReceived
from shared.messaging.runtime import Service, launch
from shared.settings import load


def build() -> Service:
    """Build the classifier from the environment."""
    settings = load(ClassifierSettings).with_time_for_the_second_stage()
    stop = Event()
    engine = service_engine(settings, "classifier")
    shipped()  # Now, so that the first reply does not wait until the weights are read.
    second = _second_stage(settings, engine, stop) if settings.llm_url else None
    return Service(
        name="classifier",
        settings=settings,
        engine=engine,
        handlers={ReplyReceived: partial(reply_received, second=second)},
        stop=stop,
    )


def _second_stage(settings: ClassifierSettings, engine: Engine, stop: Event) -> SecondStage:
    from services.classifier.llm import LanguageModel  # noqa: PLC0415 - its HTTP library is large, and mostly not needed

    logging.getLogger("httpx").setLevel(logging.WARNING)
    key, seconds = settings.llm_api_key.get_secret_value(), settings.llm_timeout_seconds
    model = LanguageModel(settings.llm_url, settings.llm_model, key, timeout_seconds=seconds)
    bounds = Bounds(settings.llm_below_confidence, settings.llm_batch_seconds, settings.llm_connections)
    return SecondStage(model, Budget(engine, settings.llm_daily_budget, utc_now), bounds, stop=stop)


if __name__ == "__main__":
    sys.exit(launch("classifier", build))
