"""Says what a reply means: the classifier's composition root."""

import sys

from services.classifier.config import ClassifierSettings
from services.classifier.handlers import reply_received
from shared.database import open_engine
from shared.events import ReplyReceived
from shared.messaging.runtime import Service, launch
from shared.roles import role_of
from shared.settings import load


def build() -> Service:
    """Build the classifier from the environment."""
    settings = load(ClassifierSettings)
    return Service(
        name="classifier",
        settings=settings,
        engine=open_engine(settings.database_url.get_secret_value(), role=role_of("classifier")),
        handlers={ReplyReceived: reply_received},
    )


if __name__ == "__main__":
    sys.exit(launch("classifier", build))
