"""Messages between two of our own processes over a socket: the kind, how many bytes follow, and these bytes.

A signal can cut a write short, and a process can be stopped or die at any byte. So every message says how long it is,
every byte is sent however few go at a time, and the end of an answer is a message too: what is cut off is never taken
for whole.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from enum import IntEnum
from socket import socket

import pyarrow as pa

TURN = 5.0
"""Seconds that are waited for the other process at a time. A process that answers gives a sign of life in each."""
TURNS = 60
"""Turns without a byte after which the other process is given up: five minutes. A debugger, a full disk cache or a
machine that swaps stops a process for less; and whoever waits for one that stays stopped should not wait for ever.
They are counted, not measured by the clock, so that a pause of both processes (Ctrl-Z, a frozen container) is one turn
however long it is."""
_HEAD = struct.Struct("<BQ")


class Kind(IntEnum):
    """What a message is."""

    QUERY = 1
    """SQL, as text; what follows goes the other way."""
    SCHEMA = 2
    """The answer begins: the schema of its rows, as Arrow's message."""
    ROWS = 3
    """A record batch, as Arrow's message."""
    END = 4
    """The answer is whole."""
    FAILED = 5
    """There will be no more of it: why, as text."""
    ALIVE = 6
    """The query is still being worked on."""


def send(channel: socket, kind: Kind, content: bytes | pa.Buffer = b"") -> None:
    """Send one message, all of it.

    Raises
    ------
    ConnectionError : the other process is gone
    TimeoutError : it takes nothing for ``TURNS`` of the channel's timeout
    """
    _all(channel.send, _HEAD.pack(kind, len(content)))
    _all(channel.send, content)


def receive(channel: socket) -> tuple[Kind, pa.Buffer]:
    """The next message.

    Raises
    ------
    ConnectionError : the other process is gone
    TimeoutError : it sends nothing for ``TURNS`` of the channel's timeout
    """
    head = bytearray(_HEAD.size)
    _all(channel.recv_into, head)
    kind, size = _HEAD.unpack(head)
    content = pa.allocate_buffer(size)
    _all(channel.recv_into, content)
    return Kind(kind), content


def _all(move: Callable[[memoryview], int], content: bytes | bytearray | pa.Buffer) -> None:
    """Send or receive all of these bytes, in as many parts as it takes."""
    left, silent = memoryview(content), 0
    while left:
        try:
            done = move(left)
        except TimeoutError:
            silent += 1
            if silent == TURNS:
                raise
            continue
        if not done:
            raise ConnectionError("the other process has ended")
        left, silent = left[done:], 0
