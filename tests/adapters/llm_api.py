"""A local HTTP server that speaks the OpenAI-compatible chat API, and goes wrong as a test asks."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

API_KEY = "sk-right"
Answer = Callable[[str, str], object]


@dataclass
class FakeModel:
    """What it was asked, and how it answers: `answer` gets subject and text and returns the message's content."""

    url: str = ""
    answer: Answer = lambda _subject, _text: opinion("POSITIVE", 0.9)
    status: int = 200
    raw: bytes | None = None  # the whole body, instead of a chat completion
    drip: bool = False  # one byte of the answer at a time, and never the last one
    silent: bool = False  # takes the question and says nothing
    requests: list[dict[str, Any]] = field(default_factory=list)
    authorizations: list[str] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    done: threading.Event = field(default_factory=threading.Event)

    @property
    def texts(self) -> list[str]:
        """Return the texts it was asked about, in the order in which they came."""
        return [_data(request)[1] for request in self.requests]


def opinion(classification: str, confidence: float, words: str = "", **more: object) -> str:
    """Return the content of an answer."""
    return json.dumps({"classification": classification, "confidence": confidence, "words": words, **more})


def _data(request: dict[str, Any]) -> tuple[str, str]:
    data = json.loads(request["messages"][1]["content"])
    return data["subject"], data["text"]


def _body(model: FakeModel, request: dict[str, Any]) -> bytes:
    if model.raw is not None:
        return model.raw
    if model.status != 200:
        return json.dumps(
            {"error": {"code": "rate_limit_exceeded", "message": request["messages"][1]["content"]}}
        ).encode()
    content = model.answer(*_data(request))
    return json.dumps({"choices": [{"message": {"role": "assistant", "content": content}}]}).encode()


@contextmanager
def llm_api() -> Iterator[FakeModel]:
    """Run the API on a free port of 127.0.0.1 for a block."""
    model = FakeModel()

    class _Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            model.requests.append(request)
            model.authorizations.append(self.headers.get("Authorization", ""))
            model.paths.append(self.path)
            if model.silent:
                model.done.wait(60)
                return
            body = _body(model, request)
            self.send_response(model.status)
            self.send_header("Content-Length", str(len(body) + 1000 * model.drip))
            self.end_headers()
            self._drip() if model.drip else self.wfile.write(body)

        def _drip(self) -> None:
            while not model.done.wait(0.05):
                try:
                    self.wfile.write(b" ")
                    self.wfile.flush()
                except OSError:
                    return

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    model.url = f"http://127.0.0.1:{server.server_port}/v1"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield model
    finally:
        model.done.set()
        server.shutdown()
        server.server_close()
        thread.join()
