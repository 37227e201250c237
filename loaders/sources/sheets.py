"""Excel workbooks, sheet by sheet, streamed by openpyxl.

Of a workbook's cells Excel keeps 15 digits: a number of more has lost the rest, and is written in scientific notation
so that it can become no identifier. A number shown with leading zeros has them. Of a formula its last result counts.
The distinct texts of a workbook are held in memory while one of its sheets is read, as the format keeps them apart
from the rows; rows are not.
"""

from __future__ import annotations

import re
import warnings
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from functools import partial
from itertools import islice
from pathlib import Path
from typing import BinaryIO
from xml.etree.ElementTree import iterparse
from zipfile import BadZipFile, ZipFile

import numpy as np
import openpyxl
import pyarrow as pa
from openpyxl.utils.datetime import WINDOWS_EPOCH
from openpyxl.worksheet._reader import DATA_TAG, FORMULA_TAG, ROW_TAG, WorkSheetParser

from ...graph.errors import UserError
from .cell_text import cell_text
from .header import Layout
from .items import Item, LeftOut, stem
from .raw import Chunk, text_frame

_ROWS = 20_000
_DIGITS = 1e15
"""Numbers of more than 15 digits begin here."""
_PADDED = re.compile(r"^0{2,}$")
_DECORATION = re.compile(r"_.|\*.|\[[^\]]*\]|;.*", re.DOTALL)
"""What a number format has beside the digits of a positive number: gaps, fillings, colours, other sections."""
_HEAD_ROWS = 120
"""Rows among which the header is looked for."""
_STRICT = b"http://purl.oclc.org/ooxml/spreadsheetml/main"
_WORKBOOK_START = 4096
_LOCKED = bytes.fromhex("d0cf11e0a1b11ae1")
warnings.filterwarnings("ignore", module="openpyxl")  # of what it leaves out, such as colours by rule

Row = tuple[int, list[str | None]]
"""A row as the sheet numbers it, with its cells."""
NO_RESULT = "#FORMULA!"
"""Stands for a formula that no program has computed."""


class SheetReader:
    """A sheet of a workbook; see ``items.Reader``. Rows are numbered as the sheet shows them.

    Cells beyond the header are columns without a name, and make no record of a row. Those of the first rows can be
    named by their place; all are told (``beyond``).
    """

    def __init__(self, path: Path, title: str, label: str, head: Sequence[Row], epoch: datetime, layout: Layout):
        self._path, self._title, self._label = path, title, label
        rows = [(row, cells) for row, cells in head if row > (layout.skip_rows or 0)]
        if not rows:
            raise UserError(f"{label}: it has fewer rows than skip_rows says; correct the mapping")
        self.above = place = layout.place([cells for _, cells in rows]) or 0
        self._header, cells = rows[place]
        widest = max(_width(cells) for _, cells in rows[place:])
        if not layout.header:
            self._header -= 1
        self._width = _width(cells) if layout.header else widest
        self.columns = layout.names([*cells[: self._width], *[None] * (widest - self._width)])
        self.serial_shift = (epoch - WINDOWS_EPOCH).days
        self._beyond: dict[str, int] = {}
        self.beyond: Mapping[str, int] = self._beyond

    def chunks(self, wanted: Sequence[str]) -> Iterator[Chunk]:
        """The records as frames of the ``wanted`` columns; blank rows are none."""
        picks = [self.columns.index(name) for name in wanted]
        with _opened(self._path, self._label) as book:
            sheet = book[self._title]
            size = _size(book, sheet)
            last = sheet.max_row or 0
            records = self._records(_rows(book, self._title))
            while some := list(islice(records, _ROWS)):
                rows = np.array([row for row, _ in some], dtype=np.int64)
                columns = [[cells[pick] if pick < len(cells) else None for _, cells in some] for pick in picks]
                arrays = [pa.array(column, pa.string()) for column in columns]
                done = size * int(rows[-1]) // max(last, int(rows[-1]))
                yield Chunk(text_frame(wanted, arrays, len(some)), rows, [], done)

    def _records(self, rows: Iterator[Row]) -> Iterator[Row]:
        """The rows below the header that say something under it; what they say beyond it is noted."""
        for row, cells in rows:
            if row <= self._header:
                continue
            if len(cells) > self._width:
                self._note(row, cells)
            if any(cells[: self._width]):
                yield row, cells

    def _note(self, row: int, cells: Sequence[str | None]) -> None:
        for place in range(self._width, len(cells)):
            if cells[place]:
                self._beyond.setdefault(self.columns[place] if place < len(self.columns) else f"#{place + 1}", row)


def _width(cells: Sequence[str | None]) -> int:
    """How many cells a row has, blank ones behind the last left out."""
    return max((place for place, cell in enumerate(cells, 1) if cell), default=0)


def sheets(path: Path, label: str) -> tuple[list[Item], list[LeftOut]]:
    """The visible sheets of a workbook that are not blank, and those that are not read.

    Raises
    ------
    UserError : it is no sound workbook
    """
    items, left_out = [], []
    with _opened(path, label) as book:
        for sheet in book.worksheets:
            name = f"{label}/{sheet.title}"
            filled = ((row, cells) for row, cells in _rows(book, sheet.title) if any(cells))
            head = list(islice(filled, _HEAD_ROWS))
            if not head:
                left_out.append(LeftOut(name, "the sheet is blank"))
            elif sheet.sheet_state != "visible":
                left_out.append(LeftOut(name, "the sheet is hidden; show it in the workbook to load it"))
            else:
                bearers = ((stem(sheet.title), path / sheet.title), (stem(path.name), path))
                opener = partial(SheetReader, path, sheet.title, name, head, book.epoch)
                items.append(Item(name, bearers, _size(book, sheet), opener))
        left_out += [LeftOut(f"{label}/{chart.title}", "it is a chart, not a table") for chart in book.chartsheets]
    return items, left_out


def first_rows(path: Path, label: str, count: int) -> list[tuple[str, list[list[str | None]]]]:
    """The first rows of every visible sheet that is not blank, by title; rows that the file leaves out are blank."""
    found = []
    with _opened(path, label) as book:
        for sheet in book.worksheets:
            rows: list[list[str | None]] = []
            for row, cells in islice(_rows(book, sheet.title), count):
                rows += [[]] * (row - 1 - len(rows)) + [cells]
            if sheet.sheet_state == "visible" and any(any(cells) for cells in rows):
                found.append((sheet.title, rows))
    return found


def _size(book, sheet) -> int:
    return book._archive.getinfo(sheet._worksheet_path).compress_size


@contextmanager
def _opened(path: Path, label: str):
    """The workbook, closed at the end; whatever openpyxl says of a bad one becomes one clear line."""
    with path.open("rb") as file:
        if file.read(len(_LOCKED)) == _LOCKED:
            raise UserError(f"{label}: locked with a password, or of the old .xls format; save it as .xlsx without one")
        if _is_strict(file):
            raise UserError(
                f"{label}: saved as Strict Open XML, which cannot be read; save it as an ordinary .xlsx workbook"
            )
    try:
        with closing(openpyxl.load_workbook(path, read_only=True, data_only=True, keep_links=False)) as book:
            yield book
    except (UserError, MemoryError):
        raise
    except OSError as error:
        if error.errno is not None:  # the file system's word, not the format's
            raise
        raise _damaged(label, error) from error
    except Exception as error:  # it raises whatever XML, ZIP and its own model do
        raise _damaged(label, error) from error


def _is_strict(file: BinaryIO) -> bool:
    """Whether a workbook is of the strict kind of Open XML, whose names openpyxl does not know."""
    try:
        with ZipFile(file) as archive, archive.open("xl/workbook.xml") as workbook:
            return _STRICT in workbook.read(_WORKBOOK_START)
    except (BadZipFile, KeyError, NotImplementedError, RuntimeError, zlib.error):
        return False  # what is wrong with it, openpyxl will tell


def _damaged(label: str, error: Exception) -> UserError:
    return UserError(f"{label}: not a sound workbook ({type(error).__name__}); open it in Excel and save it again")


class _Parser(WorkSheetParser):
    """openpyxl's parser of a sheet, save that it lets go of rows, which that one keeps as empty elements, and tells of
    formulas that have no result, whose cells look blank otherwise."""

    def rows(self) -> Iterator[tuple[int, list[dict]]]:
        """The rows that the sheet has, with their numbers: each cell as its value, column and style."""
        sheet = None
        for event, element in iterparse(self.source, ("start", "end")):
            if event == "start":
                sheet = element if element.tag == DATA_TAG else sheet
            elif element.tag == ROW_TAG and sheet is not None:
                yield self.parse_row(element)
                sheet.clear()

    def parse_cell(self, element) -> dict:
        cell = super().parse_cell(element)
        if cell["value"] is None and element.find(FORMULA_TAG) is not None:
            cell["value"] = NO_RESULT
        return cell


def _rows(book, title: str) -> Iterator[Row]:
    """The rows that the sheet's file has, with their numbers."""
    sheet = book[title]
    zeros = _leading_zeros(book)
    with sheet._get_source() as source:
        parser = _Parser(
            source,
            sheet._shared_strings,
            data_only=True,
            epoch=book.epoch,
            date_formats=book._date_formats,
            timedelta_formats=book._timedelta_formats,
        )
        for row, cells in parser.rows():
            texts: list[str | None] = [None] * (cells[-1]["column"] if cells else 0)
            for cell in cells:
                texts[cell["column"] - 1] = _text(cell["value"], zeros.get(cell["style_id"], 0))
            yield row, texts


def _text(value: object, zeros: int) -> str | None:
    if isinstance(value, str):
        return value if not value.isspace() else None
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= _DIGITS:
        value = float(value)
    text = cell_text(value, exact=_DIGITS)
    return text.zfill(zeros) if zeros and text is not None and text.isdigit() else text


def _leading_zeros(book) -> dict[int, int]:
    """How many digits a number is shown with at least, by style, for those whose format is zeros alone but for its
    decoration."""
    formats = {}
    for style, cell_style in enumerate(book._cell_styles):
        number = cell_style.numFmtId - 164
        code = book._number_formats[number] if 0 <= number < len(book._number_formats) else ""
        digits = _DECORATION.sub("", code)
        if _PADDED.match(digits):
            formats[style] = len(digits)
    return formats
