"""A PostgreSQL server for tests: a cluster of its own in a temporary folder, on a free port of 127.0.0.1.

``initdb`` and ``postgres`` are those in the folder that ``RINGFENCE_TEST_POSTGRES`` names, else Debian's (``apt-get
install -y postgresql``) or whichever lie on the path. The server runs as an unprivileged user, since it refuses to run
as root.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from support.neo4j_server import Unavailable

PASSWORD = "Geheim-9Wort"
"""Of the one user; tests look for it where it must not be."""
_UP_WITHIN = 60
GIVEN = os.environ.get("RINGFENCE_TEST_POSTGRES")
# Read as this is imported: tests run with no variable of this name.


@contextmanager
def postgres_server() -> Iterator[str]:
    """The URL of an empty database on a server that runs while the context lasts; the password is in it.

    Raises
    ------
    Unavailable : it is not installed here, or does not come up
    """
    programs = _programs()
    user = None
    if os.geteuid() == 0:
        user = next((name for name in ("postgres", "nobody") if _exists(name)), None)
    folder = Path(tempfile.mkdtemp(prefix="postgres-"))
    try:
        (folder / "password").write_text(PASSWORD)
        if user is not None:
            for path in (folder, folder / "password"):
                shutil.chown(path, user)
        data, port = folder / "data", _free_port()
        how = ["--auth=scram-sha-256", "--encoding=UTF8", "--no-locale", "--no-sync"]
        made = subprocess.run(
            [programs / "initdb", f"--pgdata={data}", "--username=bank", f"--pwfile={folder / 'password'}", *how],
            user=user,
            cwd=folder,
            capture_output=True,
            text=True,
        )
        if made.returncode:
            raise Unavailable(f"initdb failed: {' '.join(made.stderr.split())[:300]}")
        settings = {"listen_addresses": "127.0.0.1", "port": port, "unix_socket_directories": folder, "fsync": "off"}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        with (folder / "output.log").open("ab") as output:
            process = subprocess.Popen(
                [programs / "postgres", "-D", data, *options],
                user=user,
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )
        try:
            url = f"postgresql://bank:{PASSWORD}@127.0.0.1:{port}/postgres"
            _wait(url, process)
            yield url
        finally:
            _end(process)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _programs() -> Path:
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parts[-2]))
    folders = [Path(GIVEN)] if GIVEN else [*reversed(debian), *map(Path, os.get_exec_path())]
    found = next(
        (folder for folder in folders if (folder / "initdb").exists() and (folder / "postgres").exists()), None
    )
    if found is None:
        raise Unavailable("no PostgreSQL here: apt-get install -y postgresql")
    return found


def _wait(url: str, process: subprocess.Popen) -> None:
    import psycopg

    until = time.monotonic() + _UP_WITHIN
    while time.monotonic() < until and process.poll() is None:
        try:
            psycopg.connect(url, connect_timeout=5).close()
            return
        except psycopg.OperationalError:
            time.sleep(0.2)
    raise Unavailable(f"PostgreSQL did not answer within {_UP_WITHIN} seconds")


def _end(process: subprocess.Popen) -> None:
    process.send_signal(signal.SIGINT)  # which does not wait for clients to leave
    try:
        process.wait(60)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _exists(name: str) -> bool:
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
