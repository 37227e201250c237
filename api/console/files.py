"""The files of the console, as a browser asks for them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from ...detectors.guarantees.table import GLOSSES
from ...detectors.registry import DETECTORS
from ...graph.words.names import (
    COLOUR_WORDS,
    FINDING_WORDS,
    KIND_WORDS,
    RELATION_WORDS,
    ROLE_WORDS,
    SHARED_WORDS,
    VIEW_WORDS,
    Words,
)
from ..evidence.declared import told_by
from ..evidence.library import vis_network

_HERE = Path(__file__).parent
_TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".json": "application/json"}
INDEX = "index.html"


class Sent(NamedTuple):
    """A file: its text and its media type."""

    text: str
    media_type: str


def file_of(name: str) -> Sent | None:
    """The file of a name such as ``js/main.js``; None where there is none.

    ``vis-network.js`` is the library that draws, as pyvis ships it; ``names.json`` has the words of the product in
    both languages.
    """
    text = _text(name) if name in _names() else None
    return None if text is None else Sent(text, _TYPES[Path(name).suffix])


@cache
def _names() -> frozenset[str]:
    own = (path for path in _HERE.rglob("*") if path.suffix in _TYPES)
    return frozenset({*(path.relative_to(_HERE).as_posix() for path in own), "vis-network.js", "names.json"})


@cache
def _text(name: str) -> str:
    if name == "vis-network.js":
        return vis_network()
    if name == "names.json":
        return json.dumps(product_words(), ensure_ascii=False)
    return (_HERE / name).read_text("utf-8")


def product_words() -> dict[str, Mapping[str, Words]]:
    """What kinds, relations, roles, findings, their measures and supervisory columns are called, by group and name."""
    return {
        "kind": KIND_WORDS,
        "shared": SHARED_WORDS,
        "relation": RELATION_WORDS,
        "role": ROLE_WORDS,
        "finding": FINDING_WORDS,
        "colour": COLOUR_WORDS,
        "view": VIEW_WORDS,
        "supervisory": {name: Words(name, gloss) for name, gloss in GLOSSES.items()},
        "measure": {name: words for detector in DETECTORS for name, words in told_by(detector).measures.items()},
    }
