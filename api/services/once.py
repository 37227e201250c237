"""A request that is done once, however often it is sent: what an ``Idempotency-Key`` promises for a day.

What was answered is put down beside the store, sealed, before the write is published; the load that is published names
the request. So an answer counts exactly where the write does, whatever became of the process in between.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from ...graph.errors import Busy
from ...graph.snapshot.holds import is_open_at
from ...graph.store import Store

KEPT = timedelta(hours=24)
"""How long an answer is kept."""
NOTE = "request"
"""What the notes of a load call the request that it was written for."""


class Different(Exception):
    """The key was sent before, with another body."""


@dataclass
class Request:
    """One request under way, which nobody else works on meanwhile.

    Attributes
    ----------
    name : what stands for it and for who sent it
    answer : what was answered before, None where it is new
    """

    store: Store
    name: str
    body: str
    answer: dict | None = None

    def put_down(self, load: int, answer: dict) -> None:
        """Keep what is to be answered, before its load is published."""
        folder = _home(self.store) / datetime.now(UTC).date().isoformat()
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        told = {"at": datetime.now(UTC).isoformat(), "body": self.body, "load": load, "answer": answer}
        draft = folder / f".{self.name}"
        draft.write_bytes(self.store.keys.seal(json.dumps(told, ensure_ascii=False).encode()))
        draft.rename(folder / self.name)


@contextmanager
def once(store: Store, caller: str, key: str, body: bytes) -> Iterator[Request]:
    """A request under its key, with what was answered to it within the last 24 hours.

    Parameters
    ----------
    caller : whose key it is: two callers may use one key for two things

    Raises
    ------
    Busy : the same request is under way, here or in another process
    Different : the key came with another body
    """
    name = hashlib.sha256(json.dumps([caller, key]).encode()).hexdigest()
    request = Request(store, name, hashlib.sha256(body).hexdigest())
    with _alone(_home(store) / "under way" / name):
        told = _told(store, name)
        if told is not None and told["body"] != request.body:
            raise Different
        request.answer = None if told is None else told["answer"]
        yield request


def _home(store: Store) -> Path:
    return store.beside("requests")


def _told(store: Store, name: str) -> dict | None:
    """What was put down of a request, where its load was published; older ones are dropped."""
    home, since = _home(store), datetime.now(UTC) - KEPT
    for folder in sorted(home.glob("????-??-??"), reverse=True):
        if folder.name < since.date().isoformat():
            shutil.rmtree(folder, ignore_errors=True)
        elif (folder / name).exists():
            told = json.loads(store.keys.unseal((folder / name).read_bytes()))
            published = any(one.load == told["load"] and one.notes.get(NOTE) == name for one in store.loads())
            return told if published and datetime.fromisoformat(told["at"]) > since else None
    return None


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """One at a time; the system lets go of it where a process dies."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    while True:
        with path.open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise Busy("a request with this Idempotency-Key is under way: ask again once it is done") from None
            if is_open_at(file.fileno(), path):  # else whoever had it before has just removed it
                try:
                    yield
                finally:
                    path.unlink()
                return
