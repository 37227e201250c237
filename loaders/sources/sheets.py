"""Excel workbooks, sheet by sheet, streamed by openpyxl.

Of a workbook's cells Excel keeps 15 digits: a number of more has lost the rest, and is written in scientific notation
so that it can become no identifier. A number shown with leading zeros has them. Of a formula its last result counts.
The distinct texts of a workbook are held in memory while one of its sheets is read, as the format keeps them apart
from the rows; rows are not.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from functools import partial
from itertools import islice
from pathlib import Path
from xml.etree.ElementTree import iterparse

import numpy as np
import openpyxl
import pyarrow as pa
from openpyxl.worksheet._reader import DATA_TAG, FORMULA_TAG, ROW_TAG, WorkSheetParser

from ...graph.errors import UserError
from .cell_text import cell_text
from .items import Item, check_unique, stem
from .raw import Chunk, text_frame

_ROWS = 20_000
_DIGITS = 1e15
"""Numbers of more than 15 digits begin here."""
_PADDED = re.compile(r"^0{2,}$")
_LOCKED = bytes.fromhex("d0cf11e0a1b11ae1")
warnings.filterwarnings("ignore", module="openpyxl")  # of what it leaves out, such as colours by rule

NO_RESULT = "#FORMULA!"
"""Stands for a formula that no program has computed."""


class SheetReader:
    """A sheet of a workbook; see ``readers.Reader``. Rows are numbered as the sheet shows them.

    The header is the first row that is not blank; cells beyond it belong to no column.
    """

    def __init__(self, path: Path, title: str, label: str, header: int, columns: list[str]):
        check_unique(columns, label)
        self.columns = columns
        self._path, self._title, self._label, self._header = path, title, label, header

    def chunks(self, wanted: Sequence[str]) -> Iterator[Chunk]:
        """The records as frames of the ``wanted`` columns; blank rows are none."""
        picks = [self.columns.index(name) for name in wanted]
        with _opened(self._path, self._label) as book:
            sheet = book[self._title]
            size = _size(book, sheet)
            last = sheet.max_row or 0
            width = len(self.columns)
            filled = ((row, cells) for row, cells in _rows(book, self._title) if any(cells[:width]))
            records = ((row, cells) for row, cells in filled if row > self._header)
            while some := list(islice(records, _ROWS)):
                rows = np.array([row for row, _ in some], dtype=np.int64)
                columns = [[cells[pick] if pick < len(cells) else None for _, cells in some] for pick in picks]
                arrays = [pa.array(column, pa.string()) for column in columns]
                done = size * int(rows[-1]) // max(last, int(rows[-1]))
                yield Chunk(text_frame(wanted, arrays, len(some)), rows, [], done)


def sheets(path: Path, label: str) -> list[Item]:
    """The visible sheets of a workbook that are not blank.

    Raises
    ------
    UserError : it is no sound workbook
    """
    items = []
    with _opened(path, label) as book:
        for sheet in book.worksheets:
            header, cells = next((found for found in _rows(book, sheet.title) if any(found[1])), (0, []))
            if header and sheet.sheet_state == "visible":
                columns = [(cell or "").strip() for cell in cells]
                name = f"{label}/{sheet.title}"
                bearers = ((stem(sheet.title), path / sheet.title), (stem(path.name), path))
                opener = partial(_open, path, sheet.title, name, header, columns)
                items.append(Item(name, bearers, _size(book, sheet), opener))
    return items


def _open(path: Path, title: str, label: str, header: int, columns: list[str], _: str | None) -> SheetReader:
    return SheetReader(path, title, label, header, columns)


def _size(book, sheet) -> int:
    return book._archive.getinfo(sheet._worksheet_path).compress_size


@contextmanager
def _opened(path: Path, label: str):
    """The workbook, closed at the end; whatever openpyxl says of a bad one becomes one clear line."""
    with path.open("rb") as file:
        if file.read(len(_LOCKED)) == _LOCKED:
            raise UserError(f"{label}: locked with a password, or of the old .xls format; save it as .xlsx without one")
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


def _rows(book, title: str) -> Iterator[tuple[int, list[str | None]]]:
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
    """How many digits a number is shown with at least, by style, for those whose format is zeros alone."""
    formats = {}
    for style, cell_style in enumerate(book._cell_styles):
        number = cell_style.numFmtId - 164
        code = book._number_formats[number] if 0 <= number < len(book._number_formats) else ""
        if _PADDED.match(code):
            formats[style] = len(code)
    return formats
