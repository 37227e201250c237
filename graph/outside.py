"""Failures that lie outside the product: a full disk, a read-only folder, a store that another process holds."""

from __future__ import annotations

import errno
import sqlite3

from .errors import Unavailable

_ERRNOS = frozenset(
    (errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EPERM, errno.EROFS, errno.EIO, errno.EMFILE, errno.ENFILE)
)
_SQLITE = frozenset(
    (
        sqlite3.SQLITE_PERM, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_FULL, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_NOTADB,
    )
)  # fmt: skip


def outside_cause(error: BaseException) -> str | None:
    """In one line, what failed where neither code of ours nor the user's input is at fault; None where it may be.

    >>> outside_cause(OSError(errno.ENOSPC, "No space left on device", "out.csv"))
    'No space left on device: out.csv'
    >>> outside_cause(OSError(errno.EBADF, "Bad file descriptor"))
    """
    if isinstance(error, OSError) and error.errno in _ERRNOS:
        return f"{error.strerror}: {error.filename}" if error.filename else str(error.strerror)
    if isinstance(error, sqlite3.Error) and getattr(error, "sqlite_errorcode", 0) & 0xFF in _SQLITE:
        return f"the store cannot be used: {error}"
    return str(error) if isinstance(error, Unavailable) else None
