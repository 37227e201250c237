"""The reference page of the canonical tables, written from their declarations.

python -m ringfence.loaders.schema.reference > docs/tables.md
"""

from __future__ import annotations

from ..cleaning.rejects import REASONS
from .tables import TABLES, VALIDITY, Column, Table

_HEAD = """# Canonical input tables

A folder of these loads with no configuration; a mapping file brings any other schema to them (see
[loaders](loaders.md)). This page is written from the declarations in `loaders/schema/tables.py`.

**Bold** columns are required. A party column may have a companion that says what it names; without it the one table
that declares the id decides. Every table may also carry """


def page() -> str:
    """The page as Markdown: every table with its columns, then every reason a reject may have."""
    validity = ", ".join(f"`{column.name}` ({column.description})" for column in VALIDITY)
    parts = [_HEAD + validity + ".\n"]
    parts += [_table(table) for table in TABLES.values()]
    parts.append("## Reasons of rejects\n\n| reason | meaning |\n|---|---|\n")
    parts.append("".join(f"| `{reason}` | {meaning} |\n" for reason, meaning in REASONS.items()))
    return "\n".join(parts[:-1]) + parts[-1]


def _table(table: Table) -> str:
    key = (
        f"Row key: {', '.join(f'`{name}`' for name in table.key)}"
        if table.key
        else "No row key: identical rows are all kept"
    )
    needs = f" (none without `{table.key_needs}`)" if table.key_needs else ""
    head = f"## {table.name}\n\n{table.description[:1].upper()}{table.description[1:]}. {key}{needs}.\n"
    rows = "".join(_row(column) for column in table.columns)
    return f"{head}\n| column | type | meaning |\n|---|---|---|\n{rows}"


def _row(column: Column) -> str:
    name = f"**{column.name}**" if column.required else column.name
    meaning = column.description
    if column.companion:
        meaning += f"; companion `{column.companion}`: {', '.join(column.kinds)}"
    elif column.words:
        listed = "; ".join(" = ".join((word, *synonyms)) for word, synonyms in column.words.items())
        meaning += f" ({listed})"
    if column.present:
        meaning += "; describes the present state"
    kind = f"{column.type} ({column.kind})" if column.kind else column.type
    return f"| {name} | {kind} | {meaning} |\n"


if __name__ == "__main__":
    print(page(), end="")
