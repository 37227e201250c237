"""Who holds what in Neo4j: the one bulk load at a time, and the revisions that readers still look at."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress

from ...errors import UserError
from .connection import Connection

_QUEUE = 2
"""Seconds after which a bulk load that does not get the lock is said to wait."""
_BEAT = 20
"""Seconds between signs of life of a bulk load and of readers."""
_LEASE = 300
"""Seconds without a sign of life after which a reader counts as gone."""


@contextmanager
def bulk_lock(connection: Connection, queued: Callable[[], None]) -> Iterator[None]:
    """A lock that goes with its process, however that ends: two loads at once queue here.

    Parameters
    ----------
    queued : called where the lock is not to be had at once
    """
    taken = "MATCH (l:Ringfence {name: 'bulk load'}) SET l.taken = l.taken + 1"
    patience = threading.Timer(_QUEUE, queued)
    patience.daemon = True
    patience.start()
    with ExitStack() as stack:
        try:
            alive = stack.enter_context(connection.held(taken))
        finally:
            patience.cancel()
        done = threading.Event()

        def beat() -> None:
            # Where the lock is lost the load cannot be published: another has discarded it.
            with suppress(UserError):
                while not done.wait(_BEAT):
                    alive()

        thread = threading.Thread(target=beat, name="neo4j-bulk-lock", daemon=True)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()


class Readers:
    """The readers of one process: each holds a revision by a lease that is renewed while the process lives."""

    def __init__(self, connection: Connection):
        self._connection = connection
        self._names: set[str] = set()
        self._closed = threading.Event()
        self._beating: threading.Thread | None = None

    @contextmanager
    def holding(self, revision: int) -> Iterator[None]:
        """Hold a revision until the context ends."""
        name = f"{socket.gethostname()}-{os.getpid()}-{os.urandom(8).hex()}"
        self._lease({name}, revision)
        self._names.add(name)
        if self._beating is None:
            self._beating = threading.Thread(target=self._beat, name="neo4j-readers", daemon=True)
            self._beating.start()
        try:
            yield
        finally:
            self._names.discard(name)
            # Where the server is away the lease runs out by itself.
            with suppress(UserError):
                self._connection.once("MATCH (r:Reader {reader: $name}) DELETE r", name=name)

    def revisions(self) -> set[int]:
        """The revisions that readers hold, here or on other machines."""
        records = self._connection.read("MATCH (r:Reader) WHERE r.until > timestamp() RETURN r.revision AS revision")
        # one that is being removed may be met without its properties: it holds nothing any more
        return {record["revision"] for record in records if record["revision"] is not None}

    def forget_the_gone(self) -> None:
        """Remove the leases that ran out."""
        self._connection.write("MATCH (r:Reader) WHERE r.until <= timestamp() DELETE r")

    def close(self) -> None:
        """Renew no more."""
        self._closed.set()
        if self._beating is not None:
            self._beating.join()

    def _lease(self, names: set[str], revision: int | None = None) -> None:
        self._connection.write(
            "UNWIND $names AS name MERGE (r:Reader {reader: name})"
            " SET r.until = timestamp() + $lease, r.revision = coalesce($revision, r.revision)",
            names=sorted(names),
            lease=_LEASE * 1000,
            revision=revision,
        )

    def _beat(self) -> None:
        while not self._closed.wait(_BEAT):
            if names := set(self._names):
                with suppress(UserError):
                    self._lease(names)
