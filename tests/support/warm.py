"""Commands as processes of their own that begin with Ringfence's modules read already.

To read them anew costs every command a second. A process that has read them, one for each test process, is asked to
fork for each command: the command has arguments, folder, environment and files of its own and ends as any process does.
"""

from __future__ import annotations

import gc
import json
import os
import socket
import subprocess
import sys
import threading
from contextlib import suppress
from functools import cache
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
READ_AT_THE_START = ("PYTHON", "LANG", "LC_", "NUMBA", "OMP", "OPENBLAS")
"""How names of environment variables begin that tell only on a process that begins from nothing."""
_BYTES = 1 << 20
_turn = threading.Lock()


def run(arguments: tuple[str, ...], cwd: Path, files: tuple[int, int, int], environment: dict[str, str]) -> int:
    """Run a command of ``ringfence`` to its end and return its exit code, negative where a signal ended it.

    Parameters
    ----------
    files : what it has as standard input, output and error, as open files
    """
    asked = json.dumps({"arguments": arguments, "cwd": str(cwd), "environment": environment}).encode()
    with _turn:
        line = _warm()
        socket.send_fds(line, [asked], list(files))
        return json.loads(line.recv(_BYTES))


@cache
def _warm() -> socket.socket:
    """The way to the process that forks; it ends when this one does, as nobody holds the other end then."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        subprocess.Popen(
            [sys.executable, "-P", __file__, str(theirs.fileno())],
            pass_fds=(theirs.fileno(),),
            stdin=subprocess.DEVNULL,
        )
    return ours


def _read_modules() -> None:
    for room in ("graph", "loaders", "detectors", "api"):
        for file in sorted((ROOT / room).rglob("*.py")):
            parts = file.relative_to(ROOT).with_suffix("").parts
            with suppress(ImportError):
                import_module(".".join(("ringfence", *parts)).removesuffix(".__init__"))


def _forked(line: socket.socket) -> dict:
    """Answer until asked for nothing more; returns in the process of a command, with what it is to do."""
    while True:
        asked, files, _, _ = socket.recv_fds(line, _BYTES, 3)
        if not asked:
            sys.exit()
        pid = os.fork()
        if not pid:
            line.close()
            for place, file in enumerate(files):
                os.dup2(file, place)
                os.close(file)
            return json.loads(asked)
        for file in files:
            os.close(file)
        _, status = os.waitpid(pid, 0)
        line.send(json.dumps(os.waitstatus_to_exitcode(status)).encode())


if __name__ == "__main__":
    _read_modules()
    # What has been read is looked through by no command, which would copy it.
    gc.freeze()
    command = _forked(socket.socket(fileno=int(sys.argv[1])))
    os.chdir(command["cwd"])
    os.environ.clear()
    os.environ.update(command["environment"])
    sys.argv = [str(Path(sys.executable).with_name("ringfence")), *command["arguments"]]
    sys.stdin, sys.stdout, sys.stderr = (os.fdopen(place, mode) for place, mode in enumerate("rww"))
    import_module("ringfence.api.cli").main()
