"""Shows a service's metrics to Prometheus over HTTP, when `AICMO_METRICS_PORT` says so."""

import errno
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from wsgiref.simple_server import WSGIRequestHandler, make_server

import structlog
from prometheus_client import ProcessCollector, make_wsgi_app
from prometheus_client.exposition import ThreadingWSGIServer

from shared.errors import ConfigurationError
from shared.metrics import Metrics

log = structlog.get_logger()


class _Handler(WSGIRequestHandler):
    timeout = 10  # seconds that a silent caller may hold a thread

    def log_message(self, *_: object) -> None:
        """Say nothing: a scrape every few seconds is no news."""


class _Server(ThreadingWSGIServer):
    daemon_threads = True


class _Server6(_Server):
    address_family = socket.AF_INET6


@contextmanager
def exposed(metrics: Metrics, address: str, port: int) -> Iterator[None]:
    """Serve `/metrics` while the service runs; port 0 is off.

    Raises `ConfigurationError` naming the variable if the port is taken or the address is not ours.
    """
    if not port:
        yield
        return
    ProcessCollector(registry=metrics.registry)
    server = _listen(metrics, address, port)
    thread = threading.Thread(target=server.serve_forever, args=(0.1,), name="metrics", daemon=True)
    thread.start()
    log.info("metrics_shown", address=address, port=port)
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _listen(metrics: Metrics, address: str, port: int) -> ThreadingWSGIServer:
    kind = _Server6 if ":" in address else _Server
    try:
        return make_server(address, port, make_wsgi_app(metrics.registry), kind, _Handler)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise ConfigurationError(f"AICMO_METRICS_PORT: port {port} of {address} is in use") from None
        if error.errno == errno.EACCES:
            raise ConfigurationError(f"AICMO_METRICS_PORT: port {port} may not be opened by this user") from None
        raise ConfigurationError(f"AICMO_METRICS_ADDRESS: {address}: {error.strerror}") from None
