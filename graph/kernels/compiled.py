"""How every kernel is compiled, and the one form in which arrays reach it.

Compiled functions that call each other stay in one file: Numba's cache notices a change in the file of the function it
compiled, not in the files of those it calls.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numba import njit


def kernel(function: Callable) -> Any:
    """Compile ``function`` on first use, keep the machine code on disk, and let go of the interpreter lock.

    Numba keeps the code beside the source, or in the user's cache folder where the source's folder is read-only. Where
    neither can be written the kernel still works and is compiled anew in each process.
    """
    try:
        return njit(function, cache=True, nogil=True)
    except RuntimeError:  # "cannot cache function: no locator available"
        return njit(function, nogil=True)


def frozen(values: np.ndarray, dtype: type) -> np.ndarray:
    """``values`` as a contiguous read-only array of ``dtype``, copied only where it has to be.

    Read-only and writable arrays are different types to Numba. Giving it only the former keeps it to one compiled form
    of a kernel, whether arrays come from memory or from a memory-mapped file.
    """
    view = np.ascontiguousarray(values, dtype=dtype).view(np.ndarray)[:]
    view.flags.writeable = False
    return view


def ids(values: np.ndarray, count: int, name: str) -> np.ndarray:
    """``values`` as frozen int32 ids.

    Raises
    ------
    ValueError : an id below 0 or not below ``count``; compiled loops do not check, and would write elsewhere
    """
    if len(values) and (int(np.min(values)) < 0 or int(np.max(values)) >= count):
        raise ValueError(f"{name} holds ids outside 0..{count - 1}")
    return frozen(values, np.int32)


def edge_ids(source: np.ndarray, target: np.ndarray, node_count: int) -> tuple[np.ndarray, np.ndarray]:
    """Both ends of a list of edges as frozen ids.

    Raises
    ------
    ValueError : an id outside ``0..node_count - 1``, or ends of unequal number
    """
    if len(source) != len(target):
        raise ValueError(f"{len(source)} sources and {len(target)} targets")
    return ids(source, node_count, "source"), ids(target, node_count, "target")
