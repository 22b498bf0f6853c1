"""Where the alerts arrive: a local webhook that writes down what it was told, and when."""

import json
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from shared.clock import Clock, utc_now

MAX_BODY_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class ReceivedAlert:
    """One alert as a human's phone would have shown it."""

    at: datetime
    key: str
    alert_type: str
    inbound_email_id: int | None
    title: str


class AlertSink:
    """An HTTP server in a thread; `alerts` holds every accepted POST in order."""

    def __init__(self, host: str = "127.0.0.1", port: int = 0, clock: Clock = utc_now) -> None:
        self.alerts: list[ReceivedAlert] = []
        self._clock = clock
        self._server = _Server((host, port), _Alerts)
        self._server.sink = self
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), name="alert-sink", daemon=True)

    @property
    def url(self) -> str:
        """Return the address for AICMO_CAM_ALERT_WEBHOOK_URLS."""
        host, port = self._server.server_address[:2]
        return f"http://{host!s}:{port}/alerts"

    def start(self) -> None:
        """Begin to listen."""
        self._thread.start()

    def stop(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)

    def accept(self, body: dict[str, object], header_key: str) -> None:
        """Write one alert down."""
        number = str(body.get("inbound_email_id") or "")
        self.alerts.append(
            ReceivedAlert(
                at=self._clock(),
                key=str(body.get("key") or header_key),
                alert_type=str(body.get("alert_type", "")),
                inbound_email_id=int(number) if number.isdecimal() else None,
                title=str(body.get("title", "")),
            )
        )


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    sink: AlertSink

    def handle_error(self, request: object, client_address: object) -> None:
        """Say what went wrong, unless the caller hung up."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type] # typeshed names the kinds of sockets


class _Alerts(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        size = min(int(self.headers.get("Content-Length") or 0), MAX_BODY_BYTES)
        try:
            body = json.loads(self.rfile.read(size))
        except ValueError:
            body = None
        if isinstance(body, dict):
            self.server.sink.accept(body, self.headers.get("Idempotency-Key", ""))
        self._answer(HTTPStatus.NO_CONTENT if isinstance(body, dict) else HTTPStatus.BAD_REQUEST)

    def do_GET(self) -> None:
        self._answer(HTTPStatus.OK)

    def handle(self) -> None:
        """Serve one connection; a caller that hangs up is no fault of ours."""
        with suppress(ConnectionError):
            super().handle()

    def log_message(self, *_arguments: object) -> None:
        """Keep quiet: the alerts are the log."""

    def _answer(self, status: HTTPStatus) -> None:
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()
