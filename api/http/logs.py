"""The service's log: a JSON object a line on standard output, whoever logs it, with the id of its request."""

from __future__ import annotations

import logging
from typing import Any

import structlog
from asgi_correlation_id import correlation_id


def _with_request(_: Any, __: str, event: dict) -> dict:
    if request := correlation_id.get():
        event["request"] = request
    return event


def _without_traceback(_: Any, __: str, event: dict) -> dict:
    # What an exception says, and what stood in its frames, may be a raw personal value: its kind is enough.
    if error := event.pop("exc_info", None):
        kind = error[0] if isinstance(error, tuple) else None
        event["error"] = getattr(kind, "__name__", "unknown")
    return event


def log_config() -> dict[str, Any]:
    """What ``logging.config`` takes, for uvicorn and its workers."""
    before = [
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _with_request,
        _without_traceback,
    ]
    render = [structlog.stdlib.ProcessorFormatter.remove_processors_meta, structlog.processors.JSONRenderer()]
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "json": {"()": structlog.stdlib.ProcessorFormatter, "foreign_pre_chain": before, "processors": render}
        },
        "handlers": {"out": {"class": "logging.StreamHandler", "formatter": "json", "stream": "ext://sys.stdout"}},
        "root": {"handlers": ["out"], "level": logging.WARNING},
        "loggers": {"ringfence": {"level": "INFO"}, "uvicorn": {"level": "INFO", "handlers": []}},
    }
