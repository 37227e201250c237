"""The tables of a TOML file, read with messages that name the place of what is wrong."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NoReturn

from ...graph.errors import UserError


class Section:
    """A table of a TOML file, with the place it has in it, for messages."""

    def __init__(self, data: object, label: str, place: str):
        self.label = label
        self.place = place
        if not isinstance(data, dict):
            self.fail("", "must be a table")
        self.data: dict = data

    def fail(self, key: str, problem: str) -> NoReturn:
        """Say what is wrong with a key, or with the whole table where the key is empty."""
        place = ".".join(part for part in (self.place, key) if part)
        raise UserError(f"{self.label}: {place} {problem}" if place else f"{self.label}: {problem}")

    def only(self, *allowed: str) -> None:
        """Fail on a key that is not one of these."""
        for key in self.data:
            if key not in allowed:
                self.fail(key, f"is not known here; known are {', '.join(allowed)}")

    def section(self, key: str) -> Section:
        """A table inside of it, empty where there is none."""
        return Section(self.data.get(key, {}), self.label, f"{self.place}.{key}".lstrip("."))

    def sections(self, key: str) -> list[Section]:
        """An array of tables inside of it."""
        found = self.data.get(key, [])
        if not isinstance(found, list):
            self.fail(key, f"must be written [[{key}]]")
        return [Section(data, self.label, f"[[{key}]] {number}") for number, data in enumerate(found, 1)]

    def text(self, key: str) -> str:
        """A text, which must be there."""
        found = self.data.get(key)
        if not isinstance(found, str):
            self.fail(key, "must be a text" if key in self.data else "is missing")
        return found

    def texts(self, key: str, empty: bool = False) -> tuple[str, ...]:
        """One text, or a list of at least one; ``empty`` allows empty texts."""
        found = self.data.get(key)
        found = [found] if isinstance(found, str) else found
        if not isinstance(found, list) or not found or not all(isinstance(text, str) for text in found):
            self.fail(key, "must be a text or a list of texts" if key in self.data else "is missing")
        if not empty and not all(text.strip() for text in found):
            self.fail(key, "must not be empty")
        return tuple(text if empty else text.strip() for text in found)

    def columns(self, key: str) -> tuple[str | int, ...]:
        """One column of a file or alternatives: each a name, or a place counted from 1."""
        found = self.data.get(key)
        columns = [_column(stated) for stated in (found if isinstance(found, list) else [found])]
        if not columns or None in columns:
            what = "must be the name of a column or its place from 1 on, or a list of these"
            self.fail(key, what if key in self.data else "is missing")
        return tuple(column for column in columns if column is not None)

    def switch(self, key: str, otherwise: bool = False) -> bool:
        """True or false."""
        found = self.data.get(key, otherwise)
        if not isinstance(found, bool):
            self.fail(key, "must be true or false")
        return found

    def words(self, keys: Iterable[str], allowed: tuple[str, ...]) -> dict[str, str]:
        """All of it, where the keys are among ``keys`` and the values among ``allowed``."""
        self.only(*keys)
        for key, word in self.data.items():
            if word not in allowed:
                self.fail(key, f"must be {' or '.join(repr(choice) for choice in allowed)}")
        return dict(self.data)


def _column(stated: object) -> str | int | None:
    """The name or the place of a column; None where it is neither."""
    if isinstance(stated, str):
        return stated.strip() or None
    return stated if isinstance(stated, int) and not isinstance(stated, bool) and stated >= 1 else None
