"""A Neo4j server for tests and trials: one that runs already, or one of its own by Docker or by Maven.

    python tests/support/neo4j_server.py

starts one and prints how to reach it; Ctrl-C stops it and its data is gone. ``RINGFENCE_TEST_NEO4J`` names a server
that runs already, as ``neo4j://user@host:port/database`` with its password in ``RINGFENCE_TEST_NEO4J_PASSWORD``; the
tests empty its database again and again. Without it Docker is asked (``compose.yaml``), then Maven
(``tests/neo4j/pom.xml``), whose files lie in ``.neo4j/``.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HOME = ROOT / ".neo4j"
VERSION = "5.26.30"
PASSWORD = "only-for-tests"
UP_WITHIN = 180
"""Seconds until a server that does not answer counts as failed."""
SETTINGS = {
    "server.default_listen_address": "127.0.0.1",
    "server.http.enabled": "false",
    "server.https.enabled": "false",
    "server.memory.heap.initial_size": "512m",
    "server.memory.heap.max_size": "512m",
    "server.memory.pagecache.size": "256m",
    "dbms.usage_report.enabled": "false",
    "dbms.cypher.min_replan_interval": "1h",
    "dbms.cypher.statistics_divergence_threshold": "1",
    "db.shutdown_transaction_end_timeout": "1s",
    # else each stop waits ten seconds for clients that keep a connection
    "internal.server.bolt.thread_pool_shutdown_wait_time": "0s",
}

GIVEN = os.environ.get("RINGFENCE_TEST_NEO4J")
GIVEN_PASSWORD = os.environ.get("RINGFENCE_TEST_NEO4J_PASSWORD", "")
# Read as this is imported: tests run with no variable of this name.


class Unavailable(Exception):
    """No server can be had on this machine; says why."""


class Server:
    """A server of our own, with a data folder of its own, on a free port of 127.0.0.1.

    Parameters
    ----------
    settings : of neo4j.conf, beside those of ``SETTINGS``
    version : of the server; other ones than ``VERSION`` by Maven only
    """

    def __init__(self, settings: dict[str, str] | None = None, version: str = VERSION):
        self.version = version
        # An older server does not know all of them.
        lenient = {} if version == VERSION else {"server.config.strict_validation.enabled": "false"}
        self.settings = {**SETTINGS, **lenient, **(settings or {})}
        self.port = _free_port()
        self.scheme, self.user, self.password = "neo4j", "neo4j", PASSWORD
        self.folder = Path(tempfile.mkdtemp(prefix="neo4j-"))

    @property
    def url(self) -> str:
        """The store URL of its one database."""
        return f"{self.scheme}://{self.user}@127.0.0.1:{self.port}/neo4j"

    def start(self) -> None:
        """Start it, on the data it has, and wait until it answers."""
        raise NotImplementedError

    def stop(self) -> None:
        """Stop it; its data stays."""
        raise NotImplementedError

    def kill(self) -> None:
        """End it at once, as a failing machine would."""
        raise NotImplementedError

    def pause(self) -> None:
        """Let it keep its connections and say nothing."""
        raise NotImplementedError

    def go_on(self) -> None:
        """End the pause."""
        raise NotImplementedError

    def remove(self) -> None:
        """End it and remove its data."""
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _wait(self, alive) -> None:
        from neo4j import GraphDatabase
        from neo4j.exceptions import AuthError, DriverError, Neo4jError

        until = time.monotonic() + UP_WITHIN
        while time.monotonic() < until:
            if not alive():
                raise Unavailable(f"the Neo4j server ended as it began; see {self.folder}")
            try:
                scheme = self.scheme.replace("neo4j", "bolt")
                address, user = f"{scheme}://127.0.0.1:{self.port}", (self.user, self.password)
                with (
                    GraphDatabase.driver(address, auth=user, connection_timeout=5) as driver,
                    driver.session() as session,
                ):
                    session.run("RETURN 1").consume()
                    return
            except AuthError:
                raise
            except (DriverError, Neo4jError, OSError):
                time.sleep(0.3)
        self.kill()
        raise Unavailable(f"the Neo4j server did not answer within {UP_WITHIN} seconds; see {self.folder}")


class MavenServer(Server):
    """A server from its jars, on this machine's Java.

    Parameters
    ----------
    quick : compile its code once and lightly, which costs tests a third less than it does to run it well; not for
        measurements
    """

    def __init__(self, settings: dict[str, str] | None = None, version: str = VERSION, quick: bool = True):
        self.jars = jars(version)
        self._quick = ["-XX:TieredStopAtLevel=1"] if quick else []
        super().__init__(settings, version)
        self._process: subprocess.Popen | None = None
        self._begun = False

    def admin(self, *arguments: str) -> subprocess.CompletedProcess:
        """Run ``neo4j-admin`` on its data; the server must be stopped."""
        self._configure()
        done = subprocess.run(
            [*self._java("256m"), "org.neo4j.cli.AdminTool", *arguments],
            env=self._environment(),
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise RuntimeError(f"neo4j-admin {' '.join(arguments)} failed: {done.stdout}{done.stderr}")
        return done

    def admin_script(self) -> Path:
        """A program that does as ``neo4j-admin`` does."""
        self._configure()
        script = self.folder / "neo4j-admin"
        variables = [f"export NEO4J_HOME='{self.folder}' NEO4J_CONF='{self.folder}/conf'"]
        command = " ".join(f"'{part}'" for part in [*self._java("1100m"), "org.neo4j.cli.AdminTool"])
        script.write_text("\n".join(["#!/bin/sh", *variables, f'exec {command} "$@"']) + "\n")
        script.chmod(0o755)
        return script

    def start(self) -> None:
        self._configure()
        if not self._begun:
            self.admin("dbms", "set-initial-password", self.password)
            self._begun = True
        places = [f"--home-dir={self.folder}", f"--config-dir={self.folder}/conf"]
        heap = self.settings["server.memory.heap.max_size"]
        with (self.folder / "output.log").open("ab") as output:
            self._process = subprocess.Popen(
                [*self._java(heap), "org.neo4j.server.CommunityEntryPoint", *places],
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                preexec_fn=_end_with_parent if sys.platform == "linux" else None,
            )
        self._wait(lambda: self._process is not None and self._process.poll() is None)

    @property
    def process_id(self) -> int:
        """Of the running server."""
        assert self._process is not None
        return self._process.pid

    def forget(self) -> None:
        """End it and remove what its database holds."""
        self.kill()
        shutil.rmtree(self.folder / "data")
        self._begun = False

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        self._end(signal.SIGKILL)

    def pause(self) -> None:
        os.kill(self.process_id, signal.SIGSTOP)

    def go_on(self) -> None:
        os.kill(self.process_id, signal.SIGCONT)

    def _end(self, how: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(how)
            try:
                self._process.wait(60)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None

    def _configure(self) -> None:
        (self.folder / "conf").mkdir(exist_ok=True)
        address = f"127.0.0.1:{self.port}"
        own = {"server.bolt.listen_address": address, "server.bolt.advertised_address": address}
        lines = [f"{name}={value}" for name, value in {**self.settings, **own}.items()]
        (self.folder / "conf" / "neo4j.conf").write_text("\n".join(lines) + "\n")

    def _environment(self) -> dict[str, str]:
        return {**os.environ, "NEO4J_HOME": str(self.folder), "NEO4J_CONF": str(self.folder / "conf")}

    def _java(self, heap: str) -> list[str]:
        opened = [f"--add-opens=java.base/{name}=ALL-UNNAMED" for name in ("java.nio", "java.io", "sun.nio.ch")]
        return ["java", f"-Xmx{heap}", "-XX:+UseSerialGC", *self._quick, *opened, "-cp", f"{self.jars}/*"]


class DockerServer(Server):
    """A server in a container, as ``compose.yaml`` describes it for everybody."""

    def start(self) -> None:
        self._compose("up", "--detach", "--quiet-pull")
        self._wait(lambda: True)

    def stop(self) -> None:
        self._compose("stop")

    def kill(self) -> None:
        self._compose("kill")

    def pause(self) -> None:
        self._compose("pause")

    def go_on(self) -> None:
        self._compose("unpause")

    def remove(self) -> None:
        self._compose("down", "--volumes")
        shutil.rmtree(self.folder, ignore_errors=True)

    def _compose(self, *arguments: str) -> None:
        # An override file brings the settings: a setting's dots are underscores there, its underscores doubled.
        lines = ["services:", "  neo4j:", "    environment:"]
        for name, value in self.settings.items():
            if not name.startswith(("server.default_listen", "server.http")):
                lines.append(f'      NEO4J_{name.replace("_", "__").replace(".", "_")}: "{value}"')
        override = self.folder / "override.yaml"
        override.write_text("\n".join(lines) + "\n")
        files = ["--file", str(ROOT / "compose.yaml"), "--file", str(override)]
        own = {"RINGFENCE_NEO4J_PORT": str(self.port), "RINGFENCE_NEO4J_PASSWORD": self.password}
        done = subprocess.run(
            ["docker", "compose", "--project-name", self.folder.name.lower().replace("_", "-"), *files, *arguments],
            env={**os.environ, **own},
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise Unavailable(f"docker compose {arguments[0]} failed: {done.stderr.strip()}")


def own_server(settings: dict[str, str] | None = None, version: str = VERSION) -> Server:
    """A server of our own, not yet started: by Docker, else by Maven.

    Raises
    ------
    Unavailable : neither is possible here
    """
    if version == VERSION and _docker_serves():
        return DockerServer(settings, version)
    return MavenServer(settings, version)


@contextmanager
def any_server() -> Iterator[tuple[str, str]]:
    """URL and password of a server to test on: the one that is given, else one of our own while the context lasts.

    Raises
    ------
    Unavailable : none can be had
    """
    if GIVEN:
        # One test process at a time: each empties the database before every test.
        with _alone(f"ringfence-{GIVEN.rpartition('@')[2]}"):
            yield GIVEN, GIVEN_PASSWORD
        return
    server = own_server()
    try:
        server.start()
        yield server.url, server.password
    finally:
        server.remove()


def empty_database(url: str) -> None:
    """Remove all that a test's database holds; its constraints stay.

    Raises
    ------
    RuntimeError : what it holds is no store of Ringfence's, and is left alone
    """
    from neo4j import GraphDatabase

    server, database = url.rpartition("/")[0], url.rpartition("/")[2]
    scheme, _, rest = server.partition("://")
    user, _, place = rest.rpartition("@")
    auth = (user, os.environ["RINGFENCE_NEO4J_PASSWORD"])
    with GraphDatabase.driver(f"{scheme}://{place}", auth=auth) as driver, driver.session(database=database) as session:
        held = session.run("MATCH (n) RETURN count(n) AS nodes, count { MATCH (:Ringfence) } AS ours").single()
        if held is not None and held["nodes"] and not held["ours"]:
            raise RuntimeError(f"{url} holds a graph of something else: name an empty database")
        # Relationships first: all of a hub's at once would be more than a small server takes.
        session.run("MATCH ()-[r]->() CALL (r) { DELETE r } IN TRANSACTIONS OF 5000 ROWS").consume()
        session.run("MATCH (n) CALL (n) { DELETE n } IN TRANSACTIONS OF 5000 ROWS").consume()


def jars(version: str = VERSION) -> Path:
    """The folder of a version's jars, fetched by Maven where they are not there yet.

    Raises
    ------
    Unavailable : no Maven, no Java 17, or they cannot be fetched
    """
    for program in ("java", "mvn"):
        if shutil.which(program) is None:
            raise Unavailable(f"no Docker that answers and no '{program}': install openjdk-17-jre-headless and maven")
    folder = HOME / version
    HOME.mkdir(exist_ok=True)
    with _alone("jars", HOME):
        if not (folder / ".whole").exists():
            shutil.rmtree(folder, ignore_errors=True)
            command = ["mvn", "--batch-mode", "--quiet", f"-Dneo4j.version={version}", f"-DoutputDirectory={folder}"]
            done = subprocess.run(
                [*command, "dependency:copy-dependencies"],
                cwd=ROOT / "tests" / "neo4j",
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
            )
            if done.returncode:
                raise Unavailable(f"Maven cannot fetch Neo4j {version}: {' '.join(done.stdout.split())[:300]}")
            (folder / ".whole").touch()
    return folder


@contextmanager
def _alone(name: str, folder: Path | None = None) -> Iterator[None]:
    """One process at a time: test workers would fetch the same files, and empty each other's database."""
    place = (folder or Path(tempfile.gettempdir())) / f".{name.replace('/', '-').replace(':', '-')}.lock"
    with place.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@cache
def _docker_serves() -> bool:
    """Whether Docker answers here, and has or can fetch the server's image."""
    image = f"neo4j:{VERSION}-community"
    return (
        _runs("docker", "info")
        and _runs("docker", "compose", "version")
        and (_runs("docker", "image", "inspect", image) or _runs("docker", "pull", "--quiet", image, seconds=900))
    )


def _runs(*command: str, seconds: float = 20) -> bool:
    if shutil.which(command[0]) is None:
        return False
    try:
        return subprocess.run(command, capture_output=True, timeout=seconds).returncode == 0
    except subprocess.TimeoutExpired:
        return False


def _end_with_parent() -> None:
    """Have the kernel end the server with the process that started it, however that ends (PR_SET_PDEATHSIG)."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


def main() -> None:
    """Start a server, say how to reach it, and wait for Ctrl-C."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        with any_server() as (url, password):
            print(f"Neo4j answers. Ctrl-C stops it and removes its data.\n\nexport RINGFENCE_STORE={url}")
            print(f"export RINGFENCE_NEO4J_PASSWORD={password}", flush=True)
            signal.pause()
    except Unavailable as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()
