"""Sources written for a test, and what is read of them."""

import openpyxl
from ringfence.loaders.sources import open_source


def workbook(path, sheets, hidden=()):
    """A workbook of sheets given as rows of values; a pair is a value and its number format."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row, values in enumerate(rows, 1):
            for column, value in enumerate(values, 1):
                cell = sheet.cell(row, column)
                cell.value, *form = value if isinstance(value, tuple) else (value,)
                if form:
                    cell.number_format = form[0]
        sheet.sheet_state = "hidden" if title in hidden else "visible"
    book.save(path)
    return path


def put(path, content):
    """A file of these bytes or this text, with the folders around it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def records(source, mapping=None):
    """``{(table, file): {row: record}}`` of a source in which every record is sound, without blank cells."""
    found = {}
    for batch in open_source(source, mapping).batches():
        assert not batch.rejects
        read = batch.frame.astype(object).where(batch.frame.notna(), None).to_dict("records")
        held = found.setdefault((batch.table, batch.file), {})
        for row, record in zip(batch.rows.tolist(), read, strict=True):
            held[row] = {name: cell for name, cell in record.items() if cell is not None}
    return found
