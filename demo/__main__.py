"""The pretend internet alone: `python -m demo`, until SIGTERM."""

import os
import signal
import sys
import threading
from pathlib import Path

from demo.postman import Letterbox
from demo.sink import AlertSink
from demo.world import World


def main() -> None:
    """Read DEMO_* from the environment, open SMTP and the alert sink on all interfaces, and wait."""
    host = os.environ.get("DEMO_HOST", "0.0.0.0")  # noqa: S104 - in its container it serves the other containers
    journal = os.environ.get("DEMO_JOURNAL")
    world = World(
        Letterbox(os.environ.get("DEMO_LMTP_HOST", "127.0.0.1"), int(os.environ.get("DEMO_LMTP_PORT", "24"))),
        day_seconds=float(os.environ.get("AICMO_CAM_DAY_SECONDS", "2")),
        smtp_host=host,
        smtp_port=int(os.environ.get("DEMO_SMTP_PORT", "2525")),
        journal=Path(journal) if journal else None,
    )
    sink = AlertSink(host, int(os.environ.get("DEMO_ALERT_PORT", "8080")))
    world.start()
    sink.start()
    sys.stdout.write(f"the world listens: smtp {world.smtp_port}, alerts {sink.url}\n")
    sys.stdout.flush()
    _wait()
    sink.stop()
    world.stop()


def _wait() -> None:
    over = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: over.set())
    over.wait()


if __name__ == "__main__":
    main()
