"""Watches the mailboxes: the inbox's composition root."""

import sys
import threading
from functools import partial

from services.inbox.config import InboxSettings
from services.inbox.jobs import Watch, watch_mailboxes
from services.inbox.watcher import Patience, start_watcher
from shared.database import service_engine
from shared.messaging.runtime import Job, Service, launch
from shared.settings import ImapSettings, load, worker_id


def inbox() -> Service:
    """Build the service from its settings."""
    settings = load(InboxSettings)
    patience = Patience(
        poll=settings.interval_seconds,
        poll_without_idle=min(settings.interval_seconds, load(ImapSettings).poll_interval_minutes * 60),
        idle=settings.idle_seconds,
        timeout=settings.timeout_seconds,
        rest=settings.retry_seconds,
    )
    start = partial(start_watcher, patience=patience, cap=settings.max_email_bytes)
    stop = threading.Event()
    watch = Watch(worker_id(settings, "inbox"), settings.lease_seconds, start, stop)
    turn = min(1.0, settings.lease_seconds / 6)
    return Service(
        name="inbox",
        settings=settings,
        engine=service_engine(settings, "inbox", pool_size=10),
        jobs=[Job("watch_mailboxes", 0.001, partial(watch_mailboxes, watch=watch, every_seconds=turn))],
        stop=stop,
    )


if __name__ == "__main__":
    sys.exit(launch("inbox", inbox))
