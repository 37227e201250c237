"""Small books written as CSV and loaded into a store of their own."""

from pathlib import Path

import pandas as pd
from ringfence.graph.store import open_store
from ringfence.graph.times import parse_moment
from ringfence.loaders.passes.load import LoadReport, load
from ringfence.loaders.schema.mapping import Mapping, parse_mapping

PLAIN = parse_mapping('[privacy]\ndefault = "internal"\n', "plain", "plain")
"""Everything internal, so that node names can be read."""
LENIENT = parse_mapping('reject_limit = 1.0\n[privacy]\ndefault = "internal"\n', "lenient", "lenient")
"""The same, and a load goes on however many rows cannot be used."""
PERSONAL = parse_mapping("reject_limit = 1.0\n", "personal", "personal")
"""It goes on likewise, and personal kinds are personal: tokens, masks and ciphertexts are made on the way."""


def names(left_out) -> list[str]:
    """The names of what a source left out."""
    return [name for name, _ in left_out]


def at(text: str) -> int:
    """Epoch milliseconds of a time in the default zone."""
    return parse_moment(text)


class Loading:
    """A store, and books loaded into it one after the other.

    Parameters
    ----------
    folder : where store and books lie
    mapping : for all of the loads
    url : the store, an embedded one in the folder where None
    """

    def __init__(self, folder: Path, mapping: Mapping = PLAIN, url: str | None = None):
        self.folder = folder
        self.mapping = mapping
        self.store = open_store(url or f"sqlite:///{folder}/book.db")
        self.books = 0

    def book(self, tables: dict[str, str]) -> Path:
        """Write a book: CSV text by table (``table`` or ``table/part``), indentation allowed."""
        self.books += 1
        book = self.folder / f"book-{self.books}"
        for table, csv in tables.items():
            file = book / f"{table}.csv"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text("\n".join(line.strip() for line in csv.strip().splitlines()) + "\n", "utf-8")
        return book

    def load(self, mapping: Mapping | None = None, /, **tables: str) -> LoadReport:
        """Write a book and load it."""
        return load(self.store, self.book(tables), mapping or self.mapping)

    def edges(self, relation: str, as_of: str = "2099-01-01") -> list[tuple[str, str]]:
        """Sorted pairs of names that a relation shows."""
        snapshot = self.store.snapshot().at(at(as_of))
        edges = snapshot.edges(relation)
        return sorted(zip(snapshot.names(edges.source), snapshot.names(edges.target), strict=True))

    def facts(self, table: str, as_of: str = "2099-01-01") -> dict[str, dict]:
        """What a table says of its nodes: cells that are not blank, by uid."""
        frame = self.store.snapshot().at(at(as_of)).facts(table).astype(object)
        rows = frame.where(frame.notna(), None).to_dict("records")
        return {row.pop("uid"): {name: cell for name, cell in row.items() if cell is not None} for row in rows}

    def versions(self, owner: str) -> pd.DataFrame:
        """All versions of a table's facts or a relation's relationships, oldest first, with the names of nodes."""
        from ringfence.graph.model import RELATIONS

        prefix, ends = ("rel", ("source", "target")) if owner in RELATIONS else ("fact", ("node",))
        names = ", ".join(f"(SELECT name FROM nodes WHERE id = v.{end}) AS {end}_name" for end in ends)
        connection = self.store.connection
        if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (f"{prefix}_{owner}",)).fetchone():
            return pd.DataFrame()
        rows = connection.execute(f'SELECT v.*, {names} FROM "{prefix}_{owner}" v ORDER BY load, uid')
        frame = pd.DataFrame(rows.fetchall(), columns=[column[0] for column in rows.description])
        return frame.drop(columns="number")

    def rejects(self) -> list[tuple]:
        """All rejects as ``(table, file, row, column, reason, level)``."""
        frame = self.store.rejects()[["table", "file", "row", "column", "reason", "level"]]
        return [tuple(row) for row in frame.astype(object).where(frame.notna(), None).to_numpy().tolist()]


def adds_up(report: LoadReport) -> bool:
    """Whether rows read are all accounted for."""
    return all(
        counts["read"] == counts["used"] + counts["unchanged"] + counts["duplicate"] + counts["rejected"]
        for counts in report.tables.values()
    )
