"""Tables and views of a database, through SQLAlchemy.

A table or view takes the part of a file: its name is matched as a file's is, ``schema.name`` for one outside the
default schema. All are read in one read-only transaction, so that they agree with each other, through a cursor that
stays on the server. Rows are numbered from 2 in the order of the primary key, where there is one. A password never
leaves this module: neither messages nor the name of the source hold it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

from ...graph.errors import UserError
from ..schema.mapping import Mapping
from .cell_text import cell_text
from .header import column_names
from .items import NONE_BEYOND, Item, LeftOut
from .raw import Chunk, text_frame
from .source import NO_TABLE, Matched, Source, entries_for, known

_ROWS = 20_000
_CELL_BYTES = 4
"""What a cell counts in the size of a table: about as much as in a compressed file."""
_ONE_PICTURE = {"postgresql": {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}}
"""What makes a transaction see one state of all tables, where the database's own default does not."""


def open_database(url: str, mapping: Mapping) -> Source:
    """Match the tables and views of a database to canonical tables.

    Those that belong to no table are left out, and named: a database holds much else.

    Raises
    ------
    UserError : it cannot be reached, its driver is not installed, nothing in it belongs to a table, or a column is
        missing
    """
    database = _Database(url)
    with database.connected() as connection:
        inspector = sa.inspect(connection)
        named = _named(inspector, mapping)
        found = [name for name in named if known(name.lower(), mapping)]
        tables = [SqlTable(database, connection, inspector, name, *named[name]) for name in found]
    if not tables:
        shown = ", ".join(sorted(named)[:5]) or "none at all"
        raise UserError(
            f"{database.name}: no table or view bears a name that the mapping or the product knows (found {shown}); "
            "say with --mapping which table is which"
        )
    matched = [Matched(table.item(), entries_for(table.label.lower(), mapping)) for table in tables]
    left_out = [LeftOut(name, NO_TABLE) for name in sorted(named) if name not in found]
    return Source(database.name, mapping, matched, left_out, reading=database.reading)


def first_rows(url: str, count: int) -> tuple[str, list[tuple[str, list[list[str]]]]]:
    """The name of a database, and the first rows of its tables and views, each after its header, by their names.

    Raises
    ------
    UserError : it cannot be reached, or its driver is not installed
    """
    database = _Database(url)
    found = []
    with database.connected() as connection:
        inspector = sa.inspect(connection)
        for label, (schema, name) in _named(inspector, Mapping()).items():
            names = [column["name"] for column in inspector.get_columns(name, schema=schema)]
            picked = sa.select(*map(sa.column, names)).select_from(sa.table(name, schema=schema)).limit(count)
            rows = [[cell_text(value) or "" for value in row] for row in connection.execute(picked)]
            found.append((label, [names, *rows]))
    return database.name, found


class _Database:
    """Where tables are; ``name`` is its URL without password and options."""

    def __init__(self, url: str):
        try:
            parsed = sa.make_url(url)
        except (ArgumentError, ValueError) as error:
            # neither message may be passed on: they may quote the URL
            raise UserError(
                "the URL of the database cannot be read; write it as postgresql://user@host:5432/database"
            ) from error
        if "@" in (parsed.host or ""):
            raise UserError("the URL of the database has two @; write one that belongs to the password as %40")
        if parsed.drivername == "postgresql":
            parsed = parsed.set(drivername="postgresql+psycopg")
        self._secret = parsed.password
        shown = sa.URL.create(
            parsed.get_backend_name(), parsed.username, None, parsed.host, parsed.port, parsed.database
        )
        self.name = shown.render_as_string()
        try:
            self._engine = sa.create_engine(parsed, poolclass=sa.NullPool, hide_parameters=True)
        except ModuleNotFoundError as error:
            ours = parsed.get_backend_name() == "postgresql"
            how = "run: pip install 'ringfence[postgresql]'" if ours else "install the package that brings it"
            raise UserError(f"{self.name}: the driver '{error.name}' is not installed; {how}") from error
        except (NoSuchModuleError, ArgumentError, TypeError) as error:
            kind = parsed.get_backend_name()
            raise UserError(
                f"{self.name}: '{kind}' is no kind of database that a load can read; "
                "give a folder, a file, or a URL such as postgresql://user@host:5432/database"
            ) from error
        self.current: sa.Connection | None = None

    @contextmanager
    def connected(self) -> Iterator[sa.Connection]:
        """A connection; what goes wrong on it becomes one clear line."""
        try:
            with self._engine.connect() as connection:
                yield connection.execution_options(**_ONE_PICTURE.get(self._engine.dialect.name, {}))
        except SQLAlchemyError as error:
            raise self.failure(error) from None  # what it came from may quote the URL

    @contextmanager
    def reading(self) -> Iterator[None]:
        """One connection, and one transaction, for all tables that are read inside."""
        with self.connected() as connection:
            self.current = connection
            try:
                yield
            finally:
                self.current = None

    def failure(self, error: SQLAlchemyError) -> UserError:
        """What a database said, in one line and without the password."""
        said = " ".join(str(getattr(error, "orig", None) or error).split())
        if self._secret:
            said = said.replace(str(self._secret), "***")
        return UserError(f"{self.name}: {said[:300]}; check the database and the URL")


class SqlTable:
    """A table or view; see ``items.Reader``. ``size`` is a guess from the number of its rows."""

    above = serial_shift = 0
    beyond = NONE_BEYOND

    def __init__(
        self, database: _Database, connection: sa.Connection, inspector: Any, label: str, schema: str | None, name: str
    ):
        self.label = label
        self._database = database
        columns = inspector.get_columns(name, schema=schema)
        self._names = [column["name"] for column in columns]
        self._dated = {column["name"] for column in columns if isinstance(column["type"], sa.Date | sa.DateTime)}
        self.columns = column_names(self._names)
        self._key = inspector.get_pk_constraint(name, schema=schema).get("constrained_columns") or []
        self._table = sa.table(name, *map(sa.column, self._names), schema=schema)
        self._count = connection.execute(sa.select(sa.func.count()).select_from(self._table)).scalar_one()
        self.size = self._count * len(self._names) * _CELL_BYTES

    def item(self) -> Item:
        """It as something to be matched."""
        return Item(self.label, ((self.label.lower(), Path(self.label)),), self.size, lambda _: self)

    def chunks(self, wanted: Sequence[str]) -> Iterator[Chunk]:
        """The records as frames of the ``wanted`` columns."""
        connection = self._database.current
        assert connection is not None, "rows are read inside Database.reading"
        picked = [self._table.c[self._names[self.columns.index(name)]] for name in wanted]
        if connection.dialect.name == "postgresql":
            picked = [self._as_text(column) for column in picked]
        query = sa.select(*picked or [sa.literal(1)]).select_from(self._table)
        query = query.order_by(*(self._table.c[name] for name in self._key))
        row = 2
        for some in connection.execute(query.execution_options(yield_per=_ROWS)).partitions():
            columns = list(zip(*some, strict=True))[: len(wanted)]
            arrays = [pa.array([cell_text(value) for value in column], pa.string()) for column in columns]
            rows = np.arange(row, row + len(some), dtype=np.int64)
            row += len(some)
            done = self.size * (row - 2) // max(self._count, row - 2)
            yield Chunk(text_frame(wanted, arrays, len(some)), rows, [], done)

    def _as_text(self, column: Any) -> Any:
        """PostgreSQL writes every type as exact text itself, dates beyond Python's too; a time without end is none."""
        text = sa.cast(column, sa.Text)
        if column.name not in self._dated:
            return text
        return sa.func.nullif(sa.func.nullif(text, "infinity"), "-infinity")


def _named(inspector: Any, mapping: Mapping) -> dict[str, tuple[str | None, str]]:
    """Tables and views by the name that is matched: of the default schema, and of those that a mapping names."""
    names = [*(match for entry in mapping.entries for match in entry.match), *(each.file for each in mapping.lookups)]
    patterns = [name.partition(".") for name in names]
    schemas = [pattern for pattern, dot, _ in patterns if dot]
    named: dict[str, tuple[str | None, str]] = {}
    for schema in (None, *inspector.get_schema_names()):
        if schema is None or any(fnmatchcase(schema.lower(), pattern.lower()) for pattern in schemas):
            for name in (*inspector.get_table_names(schema=schema), *_views(inspector, schema)):
                named[name if schema is None else f"{schema}.{name}"] = (schema, name)
    return named


def _views(inspector: Any, schema: str | None) -> list[str]:
    views = inspector.get_view_names(schema=schema)
    if inspector.dialect.name == "postgresql":
        views = [*views, *inspector.get_materialized_view_names(schema=schema)]
    return views
