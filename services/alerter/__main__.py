"""Tells humans: the alerter's composition root."""

import sys
from datetime import timedelta
from functools import partial

from services.alerter.config import AlerterSettings
from services.alerter.delivery import Delivery
from services.alerter.handlers import alert_requested
from services.alerter.jobs import Attention, forget_old_rows, retry_alerts, watch_services
from services.alerter.providers import build
from services.alerter.receipts import Receipts
from shared.database import service_engine
from shared.events import AlertRequested
from shared.messaging.runtime import Job, Service, launch
from shared.settings import ResendSettings, SmtpSettings, load


def alerter() -> Service:
    """Build the service from its settings."""
    settings = load(AlerterSettings)
    channels = build(settings, load(SmtpSettings), load(ResendSettings))
    delivery = Delivery(channels, receipts=Receipts.at(settings.alerter_journal_folder))
    ttl = timedelta(seconds=settings.heartbeat_ttl_seconds)
    memory = timedelta(days=settings.keep_handled_days)
    attention = Attention(grace=timedelta(seconds=3 * settings.heartbeat_seconds))
    watch = partial(watch_services, delivery=delivery, ttl=ttl, attention=attention)
    return Service(
        name="alerter",
        settings=settings,
        engine=service_engine(settings, "alerter"),
        handlers={AlertRequested: partial(alert_requested, delivery=delivery)},
        jobs=[
            Job("retry_alerts", min(settings.interval_seconds, 2), partial(retry_alerts, delivery=delivery)),
            Job("forget_old_rows", settings.interval_seconds, partial(forget_old_rows, memory=memory)),
            Job("watch_services", min(settings.interval_seconds, settings.heartbeat_seconds), watch),
        ],
    )


if __name__ == "__main__":
    sys.exit(launch("alerter", alerter))
