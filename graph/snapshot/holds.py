"""Who looks at a folder holds a file of it, so that who would remove it sees that; the system lets go where a process
dies."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def hold(file: Path) -> int:
    """Hold a file until the descriptor that this gives is closed.

    Raises
    ------
    FileNotFoundError : it is not there, or was removed just now
    """
    descriptor = os.open(file, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        if not is_open_at(descriptor, file):
            raise FileNotFoundError(file)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


@contextmanager
def unless_held(file: Path) -> Iterator[bool]:
    """Whether nobody holds a file; who would, meanwhile, waits."""
    descriptor = os.open(file, os.O_RDWR)  # network file systems lock out others only through a file open for writing
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield True
    except BlockingIOError:
        yield False
    finally:
        os.close(descriptor)


def is_open_at(descriptor: int, path: Path) -> bool:
    """Whether what is open is what a path leads to still."""
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False
