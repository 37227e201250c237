"""Workbooks read back."""

import io

import openpyxl


def sheet_rows(content, sheet):
    """A sheet's rows by their headings."""
    header, *lines = openpyxl.load_workbook(io.BytesIO(content))[sheet].iter_rows(values_only=True)
    return [dict(zip(header, line, strict=True)) for line in lines]
