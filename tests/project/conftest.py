"""What the guards look at: the project's own files."""

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def root() -> Path:
    """The folder of pyproject.toml."""
    return ROOT


@pytest.fixture(scope="session")
def rooms() -> tuple[str, ...]:
    """The four rooms, each a folder at the root."""
    return ("graph", "loaders", "detectors", "api")


@pytest.fixture(scope="session")
def files() -> list[str]:
    """The project's files, by their paths under the root: what git tracks and what it would be told to add.

    Where the root is no git repository (an unpacked archive), all files are the project's, save hidden
    folders and what running and building leave behind.
    """
    return from_git() or from_disk()


@pytest.fixture(scope="session")
def room_files(files: list[str], rooms: tuple[str, ...]) -> list[str]:
    """The files of the rooms."""
    return [name for name in files if name.split("/")[0] in rooms]


@pytest.fixture(scope="session")
def room_sources(room_files: list[str]) -> list[str]:
    """The Python files of the rooms."""
    sources = [name for name in room_files if name.endswith(".py")]
    assert len(sources) > 10, f"the rooms were not found under {ROOT}"
    return sources


def from_git() -> list[str]:
    """The files by git, none where the root is not the top of a repository."""
    if not (ROOT / ".git").exists():
        return []
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    names = answer.stdout.split("\0") if answer.returncode == 0 else []
    return sorted({name for name in names if name and (ROOT / name).is_file()})


def from_disk() -> list[str]:
    """The files as they lie there."""
    left_behind = {"__pycache__", "build", "dist", "demo"}
    found = []
    for folder, below, names in os.walk(ROOT):
        below[:] = [
            name
            for name in below
            if name not in left_behind and not name.endswith(".egg-info") and (name[0] != "." or name == ".ci")
        ]
        found += [(Path(folder) / name).relative_to(ROOT).as_posix() for name in names]
    return sorted(found)
