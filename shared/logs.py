"""Structured logs: for people on a terminal, JSON lines otherwise."""

import logging
import sys

import structlog


def configure(level: str, service: str) -> None:
    """Send all logs of this process to standard error, each line naming the service."""
    people = sys.stderr.isatty()
    shared: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="%H:%M:%S" if people else "iso", utc=not people),
        _naming(service),
    ]
    renderer: structlog.types.Processor = (
        structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
        if people
        else structlog.processors.JSONRenderer()
    )
    structlog.configure(
        processors=[*shared, structlog.processors.format_exc_info, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    _libraries(shared, renderer)


def _naming(service: str) -> structlog.types.Processor:
    def name(_logger: object, _method: str, event: structlog.types.EventDict) -> structlog.types.EventDict:
        event.setdefault("service", service)
        return event

    return name


def _libraries(shared: list[structlog.types.Processor], renderer: structlog.types.Processor) -> None:
    """Let the libraries' own warnings through in the same form."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    logging.basicConfig(handlers=[handler], level=logging.ERROR, force=True)
    # It tells of every attempt to reach a broker that is away; we say once that we wait.
    logging.getLogger("aiormq.connection").setLevel(logging.CRITICAL)
