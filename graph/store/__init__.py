"""Where a graph is kept: the face of the stores. ``open_store`` opens one from its URL.

Nothing above this room knows which store it talks to.
"""

from __future__ import annotations

from pathlib import Path

from ..errors import NotFound, UserError
from .protocol import Store, Writer
from .records import Load, Progress, Run, Waiting

__all__ = ["Load", "Progress", "Run", "Store", "Waiting", "Writer", "open_store"]


def open_store(url: str, *, create: bool = True, key_file: Path | None = None) -> Store:
    """Open the store a URL names: ``sqlite:///relative/path``, ``sqlite:////absolute/path``, or
    ``neo4j://user@host:7687/database`` (``neo4j+s://`` and ``bolt://`` too) with its password in the environment.

    Parameters
    ----------
    url : which store, and where
    create : make the store where there is none; otherwise its absence is a ``UserError``
    key_file : where the token secret and encryption keys are; the user's own key file where None

    Raises
    ------
    UserError : an unreadable URL, a store of a newer version, or one made under another key file
    """
    from ..keys import load_key_file

    scheme, separator, rest = url.partition("://")
    if not separator:
        raise UserError(f"unreadable store URL {url!r}: write for example sqlite:///ringfence.db")
    if scheme == "sqlite":
        if not rest.startswith("/") or rest == "/":
            raise UserError(f"store URL {url!r} names no file: write for example sqlite:///ringfence.db")
        from .sqlite.store import SqliteStore

        path = Path(rest[1:])
        if not create and not path.exists():
            raise NotFound(f"no store at {path}: run 'ringfence load' first, or name another with --store")
        # A new store may have a new key file; one that exists was made under a key file that must exist too.
        return SqliteStore(path, create=create, key_file=load_key_file(key_file, create=not path.exists()))
    from .neo4j.connection import EXAMPLE, SCHEMES

    if scheme in SCHEMES:
        from .neo4j.store import Neo4jStore

        # A key file is made only once the server says that there is no store yet.
        return Neo4jStore(url, create=create, key_file=key_file)
    raise UserError(f"unknown kind of store {scheme!r} in {url!r}: use sqlite:///path or {EXAMPLE}")
