"""Snapshots kept as folders, each built once and dropped when a newer one is there and nobody holds it."""

from __future__ import annotations

import fcntl
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from .files import FORMAT


def kept(home: Path, identity: str, revision: int, build: Callable[[Path], None], held: Callable[[], set[int]]) -> Path:
    """The folder of a revision's snapshot: as it lies there, else built now.

    Parameters
    ----------
    home : where the snapshots of a store are; made where it is not there
    identity : what tells this store from another that had the same place before
    build : writes the snapshot into the folder it is given, which does not exist
    held : the revisions that registered readers hold, whose snapshots are not dropped
    """
    folder = home / f"{identity[:8]}-{FORMAT}-{revision}"
    if not _whole(folder):
        home.mkdir(parents=True, exist_ok=True)
        with _alone(home):
            if not _whole(folder):
                _put(folder, build)
                _drop_old(home, folder, held())
    return folder


def _whole(folder: Path) -> bool:
    return (folder / "snapshot.json").exists()


def _put(folder: Path, build: Callable[[Path], None]) -> None:
    """Build a snapshot aside and move it to its place, so that none is ever seen half written."""
    for left in folder.parent.glob(".draft-*"):  # of a process that died
        shutil.rmtree(left)
    draft = Path(tempfile.mkdtemp(prefix=".draft-", dir=folder.parent))
    try:
        build(draft / "snapshot")
        (draft / "snapshot").replace(folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    """One process builds snapshots of a store at a time: others wait, and then find what it built. The system lets go
    of the lock where a process dies."""
    with (home / ".building").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def remove_folder(folder: Path) -> None:
    """Remove a folder that others may be reading from or writing to: who has a file of it open keeps that file."""
    aside = folder.with_name(f".{folder.name}.gone")
    shutil.rmtree(aside, ignore_errors=True)
    if folder.exists():
        # Moved first, so that a snapshot that is being built cannot put more files into it.
        folder.rename(aside)
        shutil.rmtree(aside)


def _drop_old(home: Path, asked: Path, held: set[int]) -> None:
    """Remove snapshots that nobody needs: not the one asked for, not the latest, none that a registered reader holds.
    One that is mapped by a process stays usable to it."""
    of_this_store = asked.name.rpartition("-")[0]
    kinds = {folder: folder.name.rpartition("-") for folder in home.iterdir() if not folder.name.startswith(".")}
    latest = max(int(revision) for store, _, revision in kinds.values() if store == of_this_store)
    for folder, (store, _, revision) in kinds.items():
        latest_one = (store, int(revision)) == (of_this_store, latest)
        if folder != asked and not latest_one and int(revision) not in held:
            shutil.rmtree(folder, ignore_errors=True)
