"""A first mapping of a source that nobody has described: which file is which table, which column is which.

``survey`` looks at the first rows of every file and loads nothing; ``toml`` writes what it found as a mapping file, in
which every column bears how sure it is: ``sure``, ``likely`` or ``guess``.
"""

from __future__ import annotations

from .survey import Survey, survey
from .writing import counts, toml

__all__ = ["Survey", "counts", "survey", "toml"]
