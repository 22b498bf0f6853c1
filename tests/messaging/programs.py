"""A classifier service with a handler of the test's own, built from the environment as the real one is."""

import sys
from typing import NoReturn

from shared.database import open_engine
from shared.events import ReplyReceived
from shared.messaging.runtime import Handler, Service, launch
from shared.settings import Settings, load


def run_classifier(handle: Handler) -> NoReturn:
    """Run it until it is stopped, and end the process."""

    def build() -> Service:
        settings = load(Settings)
        engine = open_engine(settings.database_url.get_secret_value(), role="cam_classifier")
        return Service("classifier", settings, engine, {ReplyReceived: handle})

    sys.exit(launch("classifier", build))
