"""Snapshots kept as folders, each built once and dropped when a newer one is there and nobody holds it."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from .reading import FORMAT


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
    if (folder / "snapshot.json").exists():
        return folder
    home.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=".draft-", dir=home))
    try:
        build(draft / "snapshot")
        try:
            (draft / "snapshot").replace(folder)
        except OSError:
            # Another process was quicker with the same snapshot; any other cause has left none to open.
            if not (folder / "snapshot.json").exists():
                raise
    finally:
        shutil.rmtree(draft)
    _drop_old(home, folder, held())
    return folder


def remove_folder(folder: Path) -> None:
    """Remove a folder that others may be reading from or writing to: who has a file of it open keeps that file."""
    aside = folder.with_name(f".{folder.name}.gone")
    shutil.rmtree(aside, ignore_errors=True)
    if folder.exists():
        # Moved first, so that a snapshot that is being built cannot put more files into it.
        folder.rename(aside)
        shutil.rmtree(aside)


def _drop_old(home: Path, newest: Path, held: set[int]) -> None:
    """Remove snapshots that no registered reader holds; one that is mapped by a process stays usable to it."""
    for folder in home.iterdir():
        if folder != newest and not folder.name.startswith(".") and int(folder.name.rpartition("-")[2]) not in held:
            shutil.rmtree(folder, ignore_errors=True)
