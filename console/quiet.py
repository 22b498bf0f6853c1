"""Keeps libraries quiet: what goes wrong, a command says itself, in one line."""

import logging

from shared.logs import configure


def hush() -> None:
    """Silence all logs of this process but critical ones, which go to standard error."""
    configure("CRITICAL", "cam")
    logging.getLogger().setLevel(logging.CRITICAL)
    # aio-pika gives its own loggers a level, so that the root's is not asked.
    logging.disable(logging.ERROR)
