"""A process that takes every e-mail and forgets it: `python -m benchmarks.smtp_sink` says its port, then serves."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from demo.smtp import free_port

HOST = "127.0.0.1"


class _Sink:
    async def handle_EHLO(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, session: Session, _envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        # As nearly every mail server does; aiosmtpd takes commands in any number at once, and does not say so.
        return [responses[0], "250-PIPELINING", *responses[1:]]

    async def handle_DATA(self, _server: SMTP, _session: Session, _envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        return "250 2.0.0 OK: forgotten"


@contextmanager
def running() -> Iterator[int]:
    """Run the sink beside us, as a mail server would, and give its port."""
    command = [sys.executable, "-m", "benchmarks.smtp_sink"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, process_group=0) as process:  # noqa: S603 - this very module
        try:
            yield int(process.stdout.readline() if process.stdout else "")
        finally:
            process.terminate()


def _serve() -> None:
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    controller = Controller(_Sink(), hostname=HOST, port=free_port(HOST), server_hostname="mx.bench.example")
    controller.start()
    sys.stdout.write(f"{controller.port}\n")
    sys.stdout.flush()
    signal.sigwait({signal.SIGTERM})
    controller.stop()


if __name__ == "__main__":
    _serve()
