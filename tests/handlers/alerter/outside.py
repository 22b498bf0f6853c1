"""What alerts go to, as real servers: HTTP (a webhook, Resend) and SMTP."""

import json
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from shared.mail.smtp import SmtpServer


@dataclass(slots=True)
class Request:
    """What an HTTP client sent."""

    path: str
    headers: Mapping[str, str]
    body: dict[str, object]


@dataclass(slots=True)
class Web:
    """An HTTP server that answers with `status`, and like Resend repeats its answer to a repeated key."""

    url: str = ""
    status: int = 200
    requests: list[Request] = field(default_factory=list)
    accepted: dict[str, dict[str, object]] = field(default_factory=dict)

    def answer(self, request: Request) -> tuple[int, dict[str, object]]:
        """Return status and body."""
        self.requests.append(request)
        key = request.headers.get("idempotency-key", "")
        if key in self.accepted and self.accepted[key] != request.body:
            return 409, {"name": "invalid_idempotent_request", "message": "the payload differs"}
        if self.status >= 400:
            return self.status, {"name": "no", "message": "the channel is down"}
        self.accepted[key] = request.body
        return self.status, {"id": f"mail-{len(self.accepted)}"}


@contextmanager
def serve_web() -> Iterator[Web]:
    """Serve HTTP for a block."""
    made = Web()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, said = made.answer(Request(self.path, headers, body))
            answer = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    made.url = f"http://127.0.0.1:{server.server_port}"
    yield made
    server.shutdown()
    thread.join()
    server.server_close()


class Post:
    """An SMTP server's handler: keeps what arrives, and refuses every recipient while `refusing`."""

    def __init__(self) -> None:
        self.refusing = False
        self.mails: list[tuple[list[str], bytes]] = []
        self.peers: set[object] = set()

    async def handle_RCPT(  # noqa: N802 - the name is aiosmtpd's
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Accept or refuse a recipient."""
        if self.refusing:
            return "550 5.1.1 nobody here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - likewise
        """Keep the e-mail."""
        self.peers.add(session.peer)
        self.mails.append((envelope.rcpt_tos, envelope.original_content or b""))
        return "250 OK"


@dataclass(slots=True)
class MailServer:
    """Where a real SMTP server listens, and what it got."""

    server: SmtpServer
    post: Post

    def subjects(self) -> list[str]:
        """Return the decoded subjects of what arrived."""
        return [str(message_from_bytes(raw, policy=policy.default)["Subject"]) for _, raw in self.post.mails]


@contextmanager
def serve_mail() -> Iterator[MailServer]:
    """Serve SMTP for a block."""
    post = Post()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(post, hostname="127.0.0.1", port=port)
    controller.start()
    yield MailServer(SmtpServer("127.0.0.1", port, security="none", timeout_seconds=5), post)
    controller.stop()
