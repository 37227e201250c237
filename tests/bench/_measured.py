"""A command as a process of its own, with what it took."""

from __future__ import annotations

import os
import subprocess
import tempfile


def measured(*command: str, **environment: str) -> tuple[str, float, float]:
    """What a process printed, its CPU-seconds and its peak memory in GiB."""
    with tempfile.TemporaryFile("w+") as output:
        process = subprocess.Popen(command, stdout=output, env={**os.environ, **environment})
        _, status, usage = os.wait4(process.pid, 0)
        if status:
            raise SystemExit(f"{command[0]} ended with {os.waitstatus_to_exitcode(status)}")
        output.seek(0)
        return output.read(), usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 2**20
