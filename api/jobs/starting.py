"""Jobs as processes of their own: the same command line that a person types, so the same result."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from threading import Thread

from ...graph.environment import with_these
from ..settings import Settings, as_variables
from .table import Job, Jobs

_MAIN = f"from {__name__.partition('.jobs.')[0]}.cli import main; main()"


def start(settings: Settings, command: Sequence[str], by: str, source: str | None = None) -> Job:
    """Begin a job, in a process that goes on whatever becomes of this one.

    Parameters
    ----------
    command : a command of ``ringfence`` that is a job, with its arguments
    by : who begins it
    source : what is loaded

    Raises
    ------
    Busy : another job runs on the store
    """
    jobs = Jobs(settings.jobs_file)
    held = jobs.begin(command[0], by, source, pid=None)
    variables = {**as_variables(settings), "RINGFENCE_JOB": f"{held.number}:{held.lock}"}
    try:
        process = subprocess.Popen(
            # Without -P, a file in the user's folder that is named like a library would be run instead of the library.
            [sys.executable, "-P", "-c", _MAIN, *command, "--store", settings.store],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            pass_fds=(held.lock,),
            start_new_session=True,
            env=with_these(variables),
        )
    except BaseException:
        held.end("failed", "its process could not be started")
        raise
    held.hand_over(process.pid)
    Thread(target=process.wait, name=f"job {held.number}", daemon=True).start()
    return jobs.get(held.number)
