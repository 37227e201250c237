"""What is installed is what is in the tree: a new sub-folder or data file cannot be forgotten."""

import shutil
import subprocess
import sys
import zipfile

import pytest


@pytest.fixture(scope="module")
def wheel(root, files, room_files, tmp_path_factory):
    """The wheel built, by way of the source archive, from a copy of the project's files."""
    tree = tmp_path_factory.mktemp("tree")
    for name in [*room_files, *(name for name in files if "/" not in name)]:
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(root / name, tree / name)
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(tree / "dist"), str(tree)]
    built = subprocess.run(command, capture_output=True, text=True)
    assert built.returncode == 0, built.stdout + built.stderr
    (path,) = (tree / "dist").glob("*.whl")
    with zipfile.ZipFile(path) as archive:
        yield archive


def test_the_wheel_holds_every_file_of_the_rooms(wheel, room_files):
    assert {f"ringfence/{name}" for name in room_files} - set(wheel.namelist()) == set()


def test_the_wheel_puts_nothing_beside_the_rooms(wheel, rooms):
    places = {tuple(name.split("/")[:2]) for name in wheel.namelist() if ".dist-info/" not in name}
    assert places == {("ringfence", room) for room in rooms}


def test_the_wheel_brings_the_command_and_the_licence(wheel):
    (entry_points,) = (name for name in wheel.namelist() if name.endswith("/entry_points.txt"))
    assert "ringfence = ringfence.api.cli:main" in wheel.read(entry_points).decode()
    assert any(name.endswith("/licenses/LICENSE") for name in wheel.namelist())
