"""The process that reads a store's file with the ADBC driver, and answers its parent's queries.

The driver brings its own copy of SQLite, and two copies in one process break each other's locks: when one closes a
file, POSIX drops every lock that the process holds on it (sqlite.org/howtocorrupt.html, section 2.2). Other processes
then take the write-ahead log for abandoned and remove it, and whatever is written here afterwards is lost. So the
driver is never imported where a store is open.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from socket import socket
from typing import TYPE_CHECKING

from .messages import Kind, receive, send

if TYPE_CHECKING:
    from adbc_driver_manager.dbapi import Connection


def serve(path: str, turn: float) -> None:
    """Answer the queries that come over the socket that is standard input, until the parent closes it or dies.

    Parameters
    ----------
    turn : seconds between signs of life, however long a query takes
    """
    from adbc_driver_sqlite import dbapi

    # Ctrl-C is for the whole group of processes. The parent decides what it means, and ends this one.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    channel, alone = socket(fileno=sys.stdin.fileno()), threading.Lock()

    def say(kind: Kind, content=b"") -> None:
        with alone:
            send(channel, kind, content)

    threading.Thread(target=_live, args=(say, turn), daemon=True).start()
    with suppress(ConnectionError), dbapi.connect(f"file:{path}?mode=ro") as connection:
        while True:
            _, query = receive(channel)
            _answer(connection, query.to_pybytes().decode(), say)


def _live(say: Callable, turn: float) -> None:
    with suppress(ConnectionError):
        while True:
            time.sleep(turn)
            say(Kind.ALIVE)
    os._exit(0)  # nobody is left to answer, and a query may be far from its end


def _answer(connection: Connection, query: str, say: Callable) -> None:
    try:
        with connection.cursor() as cursor:
            # Types are read off the first rows; a large first batch means fewer and larger batches too.
            cursor.adbc_statement.set_options(**{"adbc.sqlite.query.batch_rows": "65536"})
            cursor.execute(query)
            batches = cursor.fetch_record_batch()
            say(Kind.SCHEMA, batches.schema.serialize())
            for batch in batches:
                say(Kind.ROWS, batch.serialize())
        say(Kind.END)
    except ConnectionError:
        raise
    except Exception as error:
        # The driver repeats the query from the second line on.
        say(Kind.FAILED, (str(error).partition("\n")[0] or type(error).__name__).encode())


if __name__ == "__main__":
    serve(sys.argv[1], float(sys.argv[2]))
