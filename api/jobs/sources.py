"""What may be loaded over HTTP: files and folders below one folder that the keeper of the service names."""

from __future__ import annotations

from pathlib import Path

from ...graph.errors import Conflict, NotFound, UserError
from ...loaders.schema.mapping import load_mapping, shipped


def source_below(folder: Path | None, stated: str) -> Path:
    """The file or folder that somebody names by its path below the folder of sources.

    Raises
    ------
    Conflict : there is no folder of sources
    UserError : it lies elsewhere, by whatever links
    NotFound : it is not there
    """
    if folder is None:
        raise Conflict("nothing is loaded over HTTP here: RINGFENCE_SOURCES names the folder that loads may come from")
    path = _resolved(folder / stated)
    if path is None or not path.is_relative_to(folder.resolve()):
        raise UserError(f"{stated!r} does not lie below the folder of sources: give a path relative to it")
    if not path.exists():
        raise NotFound(f"there is no {stated!r} below the folder of sources")
    return path


def _resolved(path: Path) -> Path | None:
    """Where a path leads; None where that is nowhere: it is too long, has a NUL, or links go in a circle."""
    try:
        resolved = path.resolve()
        resolved.exists()
    except (OSError, ValueError, RuntimeError):
        return None
    return resolved


def mapping_below(folder: Path | None, stated: str) -> str:
    """The mapping that somebody names: a shipped one, or a file below the folder of sources, which is one.

    Raises
    ------
    UserError : there is none, or it cannot be used
    """
    name = stated if stated in shipped() else str(source_below(folder, stated))
    load_mapping(name)
    return name
