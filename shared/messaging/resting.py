"""What a service does that is switched off."""

import signal

import structlog

from shared.settings import Settings

log = structlog.get_logger()

STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT)


def rest(settings: Settings) -> None:
    """Do nothing until told to stop: a supervisor would only start a process again that went away."""
    signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS)
    log.warning("disabled", setting="AICMO_CAM_WORKER_ENABLED")
    while signal.sigtimedwait(STOP_SIGNALS, 10) is None:
        if settings.health_file:
            settings.health_file.touch()
