"""Tables on disk that only the holder of the key file can read: Arrow's own stream, encrypted as a whole.

Tokens and masks do not make all of a row fit to be read: where columns are shifted, a phone stands as the number of a
customer until the second pass finds that there is none such.
"""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.ipc as ipc

from ...graph.keys import KeyFile


def write_sealed(path: Path, rows: pa.Table, keys: KeyFile) -> None:
    """Write a table to a file."""
    sink = pa.BufferOutputStream()
    with ipc.new_stream(sink, rows.schema, options=ipc.IpcWriteOptions(compression="lz4")) as stream:
        stream.write_table(rows)
    path.write_bytes(keys.seal(sink.getvalue().to_pybytes()))


def read_sealed(path: Path, keys: KeyFile) -> pa.Table:
    """The table that ``write_sealed`` wrote.

    Raises
    ------
    UserError : it was written under a key that the key file lacks, or altered
    """
    with ipc.open_stream(keys.unseal(path.read_bytes())) as stream:
        return stream.read_all()
