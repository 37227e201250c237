"""Snapshots kept as folders, each built once and dropped when a newer one is there and nobody looks at it."""

from __future__ import annotations

import fcntl
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from .files import FORMAT, Files
from .holds import is_open_at, unless_held

_DRAFT, _DROPPED = ".draft-", ".dropped-"


def kept(
    home: Path, identity: str, revision: int, build: Callable[[Path], None], held: Callable[[], set[int]]
) -> Files:
    """The files of a revision's snapshot: as they lie there, else built now. They stay while they are looked at.

    Parameters
    ----------
    home : where the snapshots of a store are; made where it is not there
    identity : what tells this store from another that had the same place before
    build : writes the snapshot into the folder it is given, which does not exist
    held : the revisions that registered readers hold, whose snapshots are not dropped
    """
    folder = home / f"{identity[:8]}-{FORMAT}-{revision}"
    files = _there(folder)
    if files is None:
        with _alone(home):
            files = _there(folder)
            if files is None:
                _put(folder, build)
                files = Files(folder)
                _drop_old(folder, held())
    return files


def _there(folder: Path) -> Files | None:
    try:
        return Files(folder)
    except FileNotFoundError:
        return None


def _put(folder: Path, build: Callable[[Path], None]) -> None:
    """Build a snapshot aside and move it to its place, so that none is ever seen half written."""
    for left in folder.parent.iterdir():  # by a process that died
        if left.name.startswith((_DRAFT, _DROPPED)):
            shutil.rmtree(left)
    draft = Path(tempfile.mkdtemp(prefix=_DRAFT, dir=folder.parent))
    try:
        build(draft / "snapshot")
        shutil.rmtree(folder, ignore_errors=True)  # what lies there is no whole snapshot
        (draft / "snapshot").replace(folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    """One process builds snapshots of a store at a time: others wait, and then find what it built. The system lets go
    of the lock where a process dies."""
    while True:
        home.mkdir(parents=True, exist_ok=True)
        with (home / ".building").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if is_open_at(lock.fileno(), home / ".building"):  # else all was removed while this one waited
                yield
                return


def remove_folder(folder: Path) -> None:
    """Remove a folder that others may be reading from or writing to: who has a file of it open keeps that file."""
    aside = folder.with_name(f".{folder.name}.gone")
    shutil.rmtree(aside, ignore_errors=True)
    if folder.exists():
        # Moved first, so that a snapshot that is being built cannot put more files into it.
        folder.rename(aside)
        shutil.rmtree(aside)


def _drop_old(asked: Path, held: set[int]) -> None:
    """Remove snapshots that nobody needs: not the latest, none that a registered reader holds, none that a process
    looks at, such as the one asked for."""
    of_this_store = asked.name.rpartition("-")[0]
    snapshots = (folder for folder in asked.parent.iterdir() if re.fullmatch(r"[^.].*-\d+-\d+", folder.name))
    kinds = {folder: folder.name.rpartition("-") for folder in snapshots}
    latest = max(int(revision) for store, _, revision in kinds.values() if store == of_this_store)
    for folder, (store, _, revision) in kinds.items():
        latest_one = (store, int(revision)) == (of_this_store, latest)
        if not latest_one and int(revision) not in held:
            _drop(folder)


def _drop(folder: Path) -> None:
    """Remove a snapshot unless a process looks at it; moved first, so that none is ever seen half removed."""
    aside = folder.with_name(f"{_DROPPED}{folder.name}")
    with suppress(OSError), unless_held(folder / "snapshot.json") as free:
        if free:
            shutil.rmtree(folder.rename(aside), ignore_errors=True)
