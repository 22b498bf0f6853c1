"""How much chaos: what `make chaos` takes, and the environment that the services of a run see."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from demo.campaign import SENDER_NAME

# Figures as promised belong to so many events and so many kills; a smaller dose takes its share of them.
FULL_EVENTS = 20_000
FULL_KILLS = 50
# What a lead of the demo world comes to on average: replies, silences, their classifications and alerts.
EVENTS_A_LEAD = 3.8
DAY_SECONDS = 2.0
# Of a sender to the one mailbox: at each, one e-mail may be between its text and its answer.
CONNECTIONS = 2
# Settings of a real installation must not leak in: they could send real mail.
_FOREIGN = ("AICMO_", "DATABASE_URL", "DEMO_")
_MANY_A_DAY = "10000000"


@dataclass(frozen=True, slots=True)
class Dose:
    """How many events a run handles, how often it strikes, and what its dice begin with."""

    events: int = FULL_EVENTS
    kills: int = FULL_KILLS
    seed: int = 7

    @property
    def leads(self) -> int:
        """Return how many leads bring about so many events."""
        return max(19, round(self.events / EVENTS_A_LEAD))

    def times(self, figure: int) -> int:
        """Return this dose's share of a promised number of strikes, at least one."""
        return max(1, round(figure * self.kills / FULL_KILLS))


def service_environment(places: Mapping[str, str], *, smtp_port: int, sink_url: str, faults: Path) -> dict[str, str]:
    """Return what the services and the command line see; `places` says where the servers are."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(_FOREIGN)}
    return inherited | {
        **places,
        "AICMO_LOG_LEVEL": "WARNING",
        "AICMO_CAM_DAY_SECONDS": str(DAY_SECONDS),
        "AICMO_CAM_WORKER_INTERVAL_SECONDS": "0.5",
        "AICMO_CAM_HEARTBEAT_SECONDS": "1",
        "AICMO_CAM_MAILBOX_LEASE_SECONDS": "5",
        "AICMO_CAM_EMAIL_DAILY_CAP": _MANY_A_DAY,
        "AICMO_CAM_SENDER_CONNECTIONS": str(CONNECTIONS),
        "AICMO_CAM_EMAIL_BATCH_CAP": "1000",
        "AICMO_CAM_ALERT_WEBHOOK_URLS": sink_url,
        "AICMO_SMTP_HOST": "127.0.0.1",
        "AICMO_SMTP_PORT": str(smtp_port),
        "AICMO_SMTP_SECURITY": "none",
        "AICMO_SMTP_FROM_EMAIL": f"{SENDER_NAME} <{places['AICMO_IMAP_EMAIL']}>",
        "AICMO_FAULTS": str(faults),
        "AICMO_FAULTS_ALLOWED": "yes",
    }
