"""A small disk of its own, in a mount namespace that only one process keeps: real, and gone with that process."""

import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path


class SmallDisk:
    """A mounted tmpfs. Commands must be run inside; files can also be seen from outside, but SQLite cannot."""

    def __init__(self, keeper: int, folder: Path):
        self._enter = ["nsenter", "-t", str(keeper), "-m", "sh", "-c", f"cd '{folder}' && exec \"$@\"", "sh"]
        self._inside = folder
        self._outside = Path(f"/proc/{keeper}/root{folder}")

    def ringfence(self, *arguments: str) -> subprocess.CompletedProcess:
        """Run the command line in the disk's folder."""
        command = [*self._enter, str(Path(sys.executable).with_name("ringfence")), *arguments]
        return subprocess.run(command, capture_output=True, text=True)

    def files(self) -> dict[str, bytes]:
        """What the files of its folder hold, by name."""
        return {path.name: path.read_bytes() for path in self._outside.iterdir() if path.is_file()}

    def copy(self, folder: Path) -> Path:
        """Copy the files of its folder to another, made anew."""
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        for name, content in self.files().items():
            (folder / name).write_bytes(content)
        return folder

    def put(self, files: dict[str, bytes]) -> None:
        """Let these be all that is on it."""
        for path in self._outside.iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        for name, content in files.items():
            (self._outside / name).write_bytes(content)

    def remount(self, options: str) -> None:
        """Mount it anew, as ``ro`` or ``rw``."""
        command = ["mount", "-o", f"remount,{options}", str(self._inside)]
        subprocess.run([*self._enter, *command], check=True, capture_output=True)

    def leave_free(self, size: int) -> None:
        """Fill it so that about ``size`` bytes are free."""
        disk = os.statvfs(self._outside)
        with (self._outside / "ballast").open("wb") as file:
            file.write(b"\0" * max(disk.f_bavail * disk.f_frsize - size, 0))

    def make_room(self) -> None:
        """Take away what ``leave_free`` put there."""
        (self._outside / "ballast").unlink(missing_ok=True)


@contextmanager
def small_disk(folder: Path, size: int):
    """A disk of ``size`` bytes at ``folder``; None where this machine does not let us mount one."""
    folder.mkdir()
    script = f"mount -t tmpfs -o size={size} tmpfs '{folder}' && echo mounted && cat"
    keeper = subprocess.Popen(
        ["unshare", "-m", "sh", "-c", script],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        mounted = keeper.stdout.readline() == "mounted\n"
        yield SmallDisk(keeper.pid, folder) if mounted else None
    finally:
        keeper.communicate()
