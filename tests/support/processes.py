"""Processes that others start, as the system lists them (Linux), and what is done to them from outside."""

import os
import random
import signal
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Thread

PATIENCE_S = 120
"""Much longer than anything that is waited for takes."""


def child_of(parent: int, named: str) -> int:
    """The one child of a process whose command holds this text; one that is about to begin is waited for."""
    until(lambda: _children(parent, named))
    (found,) = _children(parent, named)
    return found


def _children(parent: int, named: str) -> list[int]:
    listed = Path(f"/proc/{parent}/task").glob("*/children")
    return [int(pid) for file in listed for pid in file.read_text().split() if named in command(int(pid))]


def command(pid: int) -> str:
    """With what a process was started; blank where it has ended."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_text()
    return ""


def is_listed(pid: int) -> bool:
    """Whether a process exists, if only because nobody has asked how it ended."""
    return Path(f"/proc/{pid}").exists()


def peak_mb(pid: int) -> float:
    """The most memory that a process has had."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def until(done) -> None:
    """Wait until something is so."""
    given_up = time.monotonic() + PATIENCE_S
    while not done():
        assert time.monotonic() < given_up, "waited in vain"
        time.sleep(0.01)


@contextmanager
def stopped_again_and_again(pid: int, seed: int):
    """The process is stopped and continued while the context lasts, as by a debugger or by a container's pause."""
    over, chance, times = Event(), random.Random(seed), []

    def stop_and_go():
        with suppress(ProcessLookupError):
            while not over.is_set():
                os.kill(pid, signal.SIGSTOP)
                time.sleep(chance.uniform(0, 0.003))
                os.kill(pid, signal.SIGCONT)
                time.sleep(chance.uniform(0, 0.003))
                times.append(1)

    thread = Thread(target=stop_and_go)
    thread.start()
    try:
        yield times
    finally:
        over.set()
        thread.join()
