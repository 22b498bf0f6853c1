"""A local HTTP server that speaks Resend's API: idempotency keys, and the errors a test asks for."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

API_KEY = "re_right"


@dataclass(frozen=True, slots=True)
class Trouble:
    """An answer that is not a yes; `after_taking` means the e-mail was taken all the same."""

    status: int
    name: str = ""
    retry_after: str | None = None
    after_taking: bool = False


@dataclass
class FakeResend:
    """What the account has taken, and which troubles come next."""

    url: str = ""
    troubles: list[Trouble] = field(default_factory=list)
    taken: dict[str, bytes] = field(default_factory=dict)
    requests: int = 0

    def answer(self, headers: dict[str, str], body: bytes) -> tuple[int, dict[str, object], str | None]:
        """Return status, JSON and Retry-After for one POST /emails."""
        self.requests += 1
        if headers.get("authorization") != f"Bearer {API_KEY}":
            return _error(403, "invalid_api_key")
        key = headers["idempotency-key"]
        trouble = self.troubles.pop(0) if self.troubles else None
        if trouble and not trouble.after_taking:
            return _error(trouble.status, trouble.name, trouble.retry_after)
        if self.taken.setdefault(key, body) != body:
            return _error(409, "invalid_idempotent_request")
        if trouble:
            return _error(trouble.status, trouble.name)
        return 200, {"id": f"resend-{list(self.taken).index(key)}"}, None


def _error(status: int, name: str, retry_after: str | None = None) -> tuple[int, dict[str, object], str | None]:
    return status, {"statusCode": status, "name": name, "message": "as the test asked"}, retry_after


@contextmanager
def resend_api() -> Iterator[FakeResend]:
    """Run the API on a free port of 127.0.0.1 for a block."""
    fake = FakeResend()

    class _Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, content, retry_after = fake.answer(headers, body)
            if status == 0:  # hang up without an answer
                self.close_connection = True
                return
            encoded = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(encoded)))
            if retry_after:
                self.send_header("Retry-After", retry_after)
            self.end_headers()
            self.wfile.write(encoded)

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    fake.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
