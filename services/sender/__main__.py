"""The sender: `python -m services.sender`."""

import sys
import threading
from functools import partial

from services.sender.config import SenderSettings
from services.sender.jobs import announce_silence, forget_counters, send_due, settle
from services.sender.journals import Journals
from services.sender.probing import PROBE_SECONDS, greet_the_away
from services.sender.providers import open_provider
from shared.database import service_engine
from shared.messaging.runtime import Job, Service, launch
from shared.settings import ResendSettings, SmtpSettings, load


def build() -> Service:
    """Put the service together from its settings."""
    settings, smtp, stop = load(SenderSettings), load(SmtpSettings), threading.Event()
    providers = partial(open_provider, smtp=smtp, resend=load(ResendSettings), wait=stop.wait)
    every = settings.interval_seconds
    journals = Journals.at(settings.sender_journal_folder, settings.database_url.get_secret_value())
    send = partial(send_due, settings=settings, journals=journals, open_provider=providers, stop=stop)
    return Service(
        name="sender",
        settings=settings,
        engine=service_engine(settings, "sender", pool_size=settings.sender_threads + 5),
        stop=stop,
        jobs=(
            Job("send_due", every, send),
            Job("greet_the_away", min(every, PROBE_SECONDS), partial(greet_the_away, smtp=smtp, send=send)),
            Job("settle_doubtful", every, partial(settle, settings=settings, journals=journals)),
            Job("announce_silence", every, partial(announce_silence, stop=stop)),
            Job("forget_counters", 3600, forget_counters),
        ),
    )


if __name__ == "__main__":
    sys.exit(launch("sender", build))
