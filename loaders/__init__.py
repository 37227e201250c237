"""Tables of any source become clean, versioned rows of the graph; nothing is dropped without a reject.

``load`` and ``resume`` are the face of this room. They are imported when first asked for: a look-up of one node needs
the normal form of a phone, and not the loader.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .passes.load import load, resume

__all__ = ["load", "resume"]


def __getattr__(name: str) -> object:
    if name in __all__:
        from .passes import load as passes

        return getattr(passes, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
