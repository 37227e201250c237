"""The environment variables that are read below the service's settings: secrets, and where they lie.

A library that opens a store needs them as much as the command line does, and a password belongs in no URL. Nothing
else in the rooms looks into the environment but ``api.settings``, which names these too.
"""

from __future__ import annotations

import os
from typing import Literal

Variable = Literal[
    "RINGFENCE_KEY_FILE",
    "RINGFENCE_NEO4J_PASSWORD",
    "RINGFENCE_NEO4J_PASSWORD_FILE",
    "RINGFENCE_NEO4J_TIMEOUT",
    "RINGFENCE_PARTNER_KEY",
    "RINGFENCE_DEBUG",
    "RINGFENCE_SETTINGS",
    "RINGFENCE_JOB",
    "PROMETHEUS_MULTIPROC_DIR",
]
"""All of them; docs/api.md says what each is for."""


def hand_down(values: dict[str, str]) -> None:
    """State variables for the processes that this one starts."""
    os.environ.update(values)


def with_these(values: dict[str, str]) -> dict[str, str]:
    """The environment of one process that this one starts: its own, and these variables."""
    return {**os.environ, **values}


def stated(name: Variable) -> str | None:
    """What the environment states for a variable; None where it is not set, or empty."""
    return os.environ.get(name) or None
