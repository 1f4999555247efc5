"""Structured logs: one JSON object a line on stderr, without secrets."""

import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from contextlib import suppress
from typing import Any, Final, TextIO, cast

import structlog

SECRET_NAMES: Final = re.compile(r"authorization|cookie|password|secret|token|^key$|api_key|session", re.IGNORECASE)
URL_CREDENTIALS: Final = re.compile(r"(?P<scheme>[a-z][a-z0-9+.-]*://)[^/\s\"']+@", re.IGNORECASE)
OUR_SECRETS: Final = re.compile(r"\bsw_[a-z]+_[A-Za-z0-9_-]{16,}")
BEARER: Final = re.compile(r"(?i)bearer\s+\S+")
HIDDEN: Final = "[hidden]"


def hide_secrets(text: str) -> str:
    """Text without keys, bearer tokens and credentials in addresses.

    >>> hide_secrets("rtsp://admin:pass@10.0.0.8/live gave up")
    'rtsp://[hidden]@10.0.0.8/live gave up'
    >>> hide_secrets("rtsp://admin:p@ss@10.0.0.8/live")
    'rtsp://[hidden]@10.0.0.8/live'
    """
    text = URL_CREDENTIALS.sub(rf"\g<scheme>{HIDDEN}@", text)
    text = OUR_SECRETS.sub(HIDDEN, text)
    return BEARER.sub(f"Bearer {HIDDEN}", text)


class Unfailing:
    """A stream that drops what it cannot write: a full disk under the log fails no request."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write, or do without."""
        with suppress(OSError):
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        """Flush, or do without."""
        with suppress(OSError):
            self._stream.flush()


def start_logs(level: int = logging.INFO) -> None:
    """Send structlog and the standard library's logs to stderr as JSON."""
    shared: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
        _redact,
    ]
    structlog.configure(
        processors=[*shared, structlog.processors.JSONRenderer(ensure_ascii=False)],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(file=cast(TextIO, Unfailing(sys.stderr))),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(max(level, logging.WARNING))


def _redact(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for name, value in event.items():
        event[name] = HIDDEN if SECRET_NAMES.search(name) else _clean(value)
    return event


def _clean(value: object) -> object:
    if isinstance(value, str):
        return hide_secrets(value)
    if isinstance(value, Mapping):
        return {name: HIDDEN if SECRET_NAMES.search(str(name)) else _clean(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(inner) for inner in value]
    return value
