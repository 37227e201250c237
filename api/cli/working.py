"""What commands that work on a store for long have in common: each is a job, one at a time, that others can watch."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from ...graph.environment import stated
from ...graph.errors import UserError
from ...graph.outside import outside_cause
from .bars import bars
from .commands import user

if TYPE_CHECKING:
    from ...graph.store import Progress
    from ..jobs.table import Held
    from ..settings import Settings


@contextmanager
def working(settings: Settings, kind: str, source: str | None = None) -> Iterator[tuple[Held, Progress]]:
    """A job of this process: what it says when it is done, and what it tells its progress.

    Parameters
    ----------
    source : what is loaded

    Raises
    ------
    Busy : another job runs on the store
    """
    job = _begun(settings, kind, source)
    try:
        with bars() as shown:

            def progress(step: str, name: str, done: int, total: int) -> None:
                job.progress(step, name, done, total)
                if shown is not None:
                    shown(step, name, done, total)

            yield job, progress
    except BaseException as error:
        # Where even this cannot be written, the job counts as lost, and the reason is what the command says.
        with suppress(sqlite3.Error):
            job.end("cancelled" if isinstance(error, KeyboardInterrupt) else "failed", _reason(error))
        raise
    job.end("done", job.said)


def _begun(settings: Settings, kind: str, source: str | None) -> Held:
    from ..jobs.table import Held, Jobs

    jobs = Jobs(settings.jobs_file)
    if handed := stated("RINGFENCE_JOB"):
        # Whoever started this process has begun the job already, and lets it inherit the lock.
        number, _, lock = handed.partition(":")
        return Held(jobs, int(number), int(lock))
    return jobs.begin(kind, user(), source, os.getpid())


def _reason(error: BaseException) -> str:
    if isinstance(error, UserError):
        return str(error)
    if isinstance(error, KeyboardInterrupt):
        return "interrupted"
    return outside_cause(error) or f"a defect of Ringfence ({type(error).__name__})"
