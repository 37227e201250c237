"""A population kept: plain arrays in a folder, for later runs, for screening and for other machines.

A population is a dataclass of arrays, columns of text, numbers, texts and dataclasses of these; what speaks of nodes
speaks of them by name, so it serves a later snapshot, too.
"""

from __future__ import annotations

import json
import os
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, TypeVar, get_type_hints

import numpy as np

T = TypeVar("T")

AT_HAND = {"kept": False}
"""``field(default=None, metadata=AT_HAND)``: what is at hand in this process only, and not kept."""


def save(population: Any, folder: Path, written: dict[int, Path] | None = None) -> None:
    """Write a population into a folder, which is made.

    Parameters
    ----------
    population : a dataclass, as above
    written : where what several populations are made of was written, by identity: once, and led to from the others
    """
    written = {} if written is None else written
    if id(population) in written:
        folder.symlink_to(os.path.relpath(written[id(population)], folder.parent))
        return
    written[id(population)] = folder
    folder.mkdir(parents=True, exist_ok=True)
    plain = {}
    for name, value in ((field.name, getattr(population, field.name)) for field in _kept(population)):
        if isinstance(value, np.ndarray):
            np.save(folder / f"{name}.npy", value)
        elif is_dataclass(value):
            save(value, folder / name, written)
        else:
            plain[name] = value
    (folder / "plain.json").write_text(json.dumps(plain, ensure_ascii=False), "utf-8")


def opened(kind: type[T], folder: Path, at_hand: dict[Path, Any] | None = None) -> T:
    """The population of a kind that a folder holds; its arrays are mapped, not read.

    Parameters
    ----------
    at_hand : what was opened, by folder: what several populations are made of is opened once, and the same in all
    """
    at_hand, home = {} if at_hand is None else at_hand, folder.resolve()
    if home not in at_hand:
        at_hand[home] = _opened(kind, home, at_hand)
    return at_hand[home]


def _opened(kind: type[T], folder: Path, at_hand: dict[Path, Any]) -> T:
    values = json.loads((folder / "plain.json").read_text("utf-8"))
    hints = get_type_hints(kind)
    for field in _kept(kind):
        if (folder / f"{field.name}.npy").exists():
            values[field.name] = np.asarray(np.load(folder / f"{field.name}.npy", mmap_mode="r"))
        elif field.name not in values:
            values[field.name] = opened(hints[field.name], folder / field.name, at_hand)
    return kind(**values)


def _kept(population: Any) -> list:
    return [field for field in fields(population) if field.metadata.get("kept", True)]
