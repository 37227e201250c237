"""A store as files for ``neo4j-admin database import``: the fast way for a first load of millions.

The files hold what ``writer.py`` and ``latest_values.py`` would have written, so that the database they make opens
as a normal store. Constraints and indexes are made when it is first opened.
"""

# pyright: reportAttributeAccessIssue=false
# (pyarrow makes the functions of its compute module as it is imported, where no type checker sees them)

from __future__ import annotations

import json
import uuid
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv

from ...errors import UserError
from ...keys import is_token
from ...model import ALWAYS, FOREVER, KINDS, RELATIONS
from ...snapshot.cells import parse_data
from ..protocol import Store
from ..records import REJECT_COLUMNS, Progress
from ..runs import run_record
from .cases import case_row, entry_row
from .columns import shared_values
from .findings import finding_properties
from .latest_values import STATING
from .schema import (
    BATCHES,
    FACT_PROPERTIES,
    FORMAT,
    LABELS,
    RELATIONSHIP_PROPERTIES,
    cell_names,
    schema_statements,
)
from .writer import ROWS

_BETWEEN = "\x1f"
"""Between the values of a list: a character that no uid holds."""
_TYPES = {"long": pa.int64(), "double": pa.float64(), "boolean": pa.bool_()}
_CELLS = {"text": "string", "number": "double", "time": "datetime"}
_NODES = 100_000


def export_neo4j_import(store: Store, folder: Path, progress: Progress | None = None) -> dict[str, int]:
    """Write headers, data, constraints and the command to run, and return the number of nodes and relationships.

    Parameters
    ----------
    folder : made here, or empty
    progress : told of the snapshot's building, and of each load's rows, step ``writing``

    Raises
    ------
    UserError : the folder holds something, or cannot be made
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise UserError(f"{folder} is not empty: name a new folder")
    except OSError as error:
        raise UserError(f"cannot write to {folder}: {error.strerror}") from None
    with store.reading():
        return _Export(store, folder, progress).write()


class _Export:
    """One export on its way."""

    def __init__(self, store: Store, folder: Path, progress: Progress | None):
        self._store = store
        self._folder = folder
        self._progress = progress
        self._options: list[str] = []
        self._counts = {"nodes": 0, "relationships": 0}
        self._files: dict[str, arrow_csv.CSVWriter] = {}
        self._schemas: dict[str, list[tuple[str, str]]] = {}
        self._types: dict[str, dict[str, str]] = {}
        for owner, name, kind in store.fields():
            self._types.setdefault(owner, {})[name] = kind
        self._facts = self._batches = 0

    def write(self) -> dict[str, int]:
        try:
            self._nodes()
            for load in self._store.loads():
                self._load(load)
            self._rest()
            self._runs()
            self._cases()
        finally:
            for file in self._files.values():
                file.close()
        statements = ";\n".join(schema_statements().values()) + ";\n"
        (self._folder / "constraints.cypher").write_text(statements, "utf-8")
        lines = [
            "#!/bin/sh",
            "# Run with the server stopped: sh import.sh. NEO4J_ADMIN names the program where it is not on the path,",
            "# NEO4J_DATABASE the database (neo4j by default), which must not be there yet unless",
            "# --overwrite-destination is given.",
            'cd "$(dirname "$0")" || exit 1',
            'exec ${NEO4J_ADMIN:-neo4j-admin} database import full "${NEO4J_DATABASE:-neo4j}" "$@" \\',
            *(f"    {option} \\" for option in self._options),
            "    --multiline-fields=true --array-delimiter=U+001F",
        ]
        (self._folder / "import.sh").write_text("\n".join(lines) + "\n", "utf-8")
        return self._counts

    # -- parts
    def _nodes(self) -> None:
        """Nodes by kind, with a copy of the latest values that rows say of them, and their masks."""
        snapshot = self._store.snapshot(progress=self._progress)
        kinds = np.asarray(snapshot.kinds)
        privacy = self._store.privacy()
        for code, kind in enumerate(KINDS):
            table = STATING.get(kind, "")
            types = self._types.get(table, {})
            cells = cell_names(types, FACT_PROPERTIES | {"mask"})
            header = [("key:ID(node)", "string"), ("mask", "string"), *((name, _CELLS[types[name]]) for name in cells)]
            places = np.flatnonzero(kinds == code)
            for start in range(0, len(places), _NODES):
                names = snapshot.names(places[start : start + _NODES])
                keys = [name.partition(":")[2] for name in names]
                columns: dict = {"key:ID(node)": names, "mask": [None] * len(names)}
                if privacy.get(kind) == "personal":
                    columns["mask"] = snapshot.masked([key if is_token(key) else None for key in keys])
                if cells:
                    stated = self._store.current_facts(table, [f"{table}:{key}" for key in keys])
                    data = dict(zip(stated["node"], stated["data"], strict=True))
                    columns |= self._cells([data.get(name) for name in names], {name: types[name] for name in cells})
                self._append("nodes", LABELS[kind], header, columns)

    def _cells(self, data: list[str | None], types: dict[str, str]) -> dict:
        """The cells of rows by column, blank ones too; times as epoch milliseconds, ``FOREVER`` where blank."""
        cells = parse_data(pa.chunked_array([pa.array(data, pa.large_string(), from_pandas=True)]), types)
        columns = {}
        for name, kind in types.items():
            if name in cells.column_names:
                column = cells.column(name)
                columns[name] = column.fill_null(FOREVER).to_numpy() if kind == "time" else column.combine_chunks()
            else:
                columns[name] = np.full(len(data), FOREVER) if kind == "time" else [None] * len(data)
        return columns

    def _load(self, load) -> None:
        self._batches = 0
        for owner in self._store.owners(load.load):
            done = 0
            for frame in self._store.versions(owner, load.load):
                for start in range(0, len(frame), ROWS):
                    self._versions(owner, load.load, frame.iloc[start : start + ROWS])
                done += len(frame)
                if self._progress:
                    self._progress("writing", f"load {load.load}: {owner}", done, done)
        rejects = self._store.rejects(load.load)
        for start in range(0, len(rejects), ROWS):
            part = rejects.iloc[start : start + ROWS]
            columns: dict = {name: part[name] for name in REJECT_COLUMNS}
            columns["load"] = [load.load] * len(part)
            columns["batch"] = [self._batch(load.load, "reject", len(part), None)] * len(part)
            header = [(name, "long" if name in ("load", "row", "batch") else "string") for name in columns]
            self._append("nodes", "Reject", header, columns)
        published = {
            "load": load.load,
            "source": load.source,
            "bulk": load.bulk,
            "state": load.state,
            "revision": load.revision,
            "withdrawn": load.withdrawn,
            "tables": json.dumps(load.tables),
            "notes": json.dumps(load.notes),
            "data_date": load.data_date,
            "purged": load.purged,
        }
        kinds = {"bulk": "boolean", "purged": "boolean", "data_date": "datetime"}
        kinds |= dict.fromkeys(("load", "revision", "withdrawn"), "long")
        self._row("nodes", "Load", published, kinds)

    def _versions(self, owner: str, load: int, part: pd.DataFrame) -> None:
        relation = owner in RELATIONS
        count, batch = len(part), self._batch(load, owner, len(part), shared_values(part))
        times = ("valid_from", "valid_to", "known_at") + (() if relation else ("status_from",))
        columns: dict = {name: part[name] for name in ("uid", "data", "file", "row")}
        columns |= {"load": np.full(count, load), "batch": np.full(count, batch), "place": np.arange(count)}
        header = [("uid", "string"), ("load", "long"), ("batch", "long"), ("place", "long"), ("data", "string")]
        header += [("file", "long"), ("row", "long"), *((name, "datetime") for name in times)]
        columns |= {name: part[name].to_numpy(dtype=np.int64) for name in times}
        if relation:
            columns["amount"] = part["amount"].astype(float)
            gone = part["valid_to"].to_numpy() == ALWAYS
            columns["retracted"] = pa.array(gone, mask=~gone)
            header += [("amount", "double"), ("retracted", "boolean")]
        else:
            columns["table"] = [owner] * count
            header.append(("table", "string"))
        types = self._types.get(owner, {})
        names = cell_names(types, RELATIONSHIP_PROPERTIES if relation else FACT_PROPERTIES)
        columns |= self._cells(part["data"].tolist(), {name: types[name] for name in names})
        header += [(name, _CELLS[types[name]]) for name in names]
        if relation:
            columns |= {":START_ID(node)": part["source"], ":END_ID(node)": part["target"]}
            header += [(":START_ID(node)", "string"), (":END_ID(node)", "string")]
            self._append("relationships", owner, header, columns)
            return
        ids = np.arange(self._facts, self._facts + count)
        self._facts += count
        self._append(
            "nodes", "Fact", [*header, (":ID(fact)", "id")], columns | {":ID(fact)": ids}, name=f"Fact-{owner}"
        )
        about = part["node"].notna().to_numpy()
        if about.any():
            self._append(
                "relationships",
                "OF",
                [("load", "long"), (":START_ID(fact)", "id"), (":END_ID(node)", "string")],
                {
                    "load": np.full(about.sum(), load),
                    ":START_ID(fact)": ids[about],
                    ":END_ID(node)": part["node"][about],
                },
            )

    def _batch(self, load: int, owner: str, rows: int, same: str | None) -> int:
        self._batches += 1
        batch = load * BATCHES + self._batches
        kinds = {"batch": "long", "load": "long", "rows": "long"}
        row = {"batch": batch, "load": load, "owner": owner, "rows": rows, "same": same}
        self._row("nodes", "Batch", row, kinds)
        return batch

    def _rest(self) -> None:
        store = self._store
        files = store.files()
        for number, name in files.items():
            self._row("nodes", "File", {"file": number, "name": name}, {"file": "long"})
        for owner, name, kind in store.fields():
            self._row("nodes", "Field", {"owner": owner, "name": name, "type": kind}, {})
        for block in store.secrets():
            names = ["token", "mask", "cipher"]
            self._append("nodes", "Secret", [(name, "string") for name in names], {n: block[n].tolist() for n in names})
        loads = [load.load for load in store.loads()]
        numbers = {
            "format": FORMAT,
            "revision": store.revision(),
            "loads": max(loads, default=0),
            "files": max(files, default=0),
            "runs": len(store.runs()),
            "batches": max((run.batch for run in store.runs()), default=0),
            "copied": store.revision(),
            "entries": len(store.case_entries()),
        }
        names = {"name": "store", "fingerprint": store.keys.fingerprint, "store": uuid.uuid4().hex}
        privacy = {f"privacy_{kind}": value for kind, value in sorted(store.privacy().items())}
        kinds = {**dict.fromkeys(numbers, "long"), "orphans": "boolean"}
        self._row("nodes", "Ringfence", {**names, **privacy, **numbers, "orphans": True}, kinds, name="Store")
        self._row("nodes", "Ringfence", {"name": "bulk load", "taken": 0}, {"taken": "long"}, name="Lock")

    def _runs(self) -> None:
        measures = sorted(
            {
                name
                for run in self._store.runs()
                for found in self._store.findings([run.run])
                for name in (found.get("measures") or {})
            }
        )
        finding = 0
        for number, run in enumerate(self._store.runs(), 1):
            properties = {":ID(run)": number, **run_record(run), "run": number, "state": "whole"}
            kinds = {":ID(run)": "id", "run": "long", "revision": "long", "findings": "long", "as_of": "datetime"}
            kinds |= {"batch": "long"}
            self._row("nodes", "Run", properties, kinds | {"seconds": "double", "cpu_seconds": "double"})
            for found in self._store.findings([run.run]):
                finding += 1
                self._finding(finding, number, found, measures)

    def _cases(self) -> None:
        store, kinds = self._store, {"batch": "long", "place": "long", "people": "string[]", "findings": "string[]"}
        for batch in sorted({run.batch for run in store.runs()}):
            for place, case in enumerate(store.cases(batch)):
                row = {"batch": batch, **case_row(place, case)}
                lists = {name: _BETWEEN.join(row[name]) or None for name in ("people", "findings")}
                self._row("nodes", "Case", {**row, **lists}, kinds)
        for number, entry in enumerate(store.case_entries(), 1):
            self._row("nodes", "CaseEntry", {"entry": number, **entry_row(entry)}, {"entry": "long"})

    def _finding(self, number: int, run: int, found: dict, measures: list[str]) -> None:
        held = finding_properties(found)
        kinds = {":ID(finding)": "id", "run": "long", "score": "double", "rank": "long", "rank_all": "long"}
        kinds |= {f"measure_{name}": "double" for name in measures}
        kinds |= {"as_of": "datetime", "evidence": "string[]"}
        names = (
            "id", "kind", "view", "score", "rank", "rank_all", "colour", "reason_zh", "reason_en", "innocent_twin",
            "detector", "version", "thread", *(f"measure_{name}" for name in measures),
        )  # fmt: skip
        row = {":ID(finding)": number, "run": run, **{name: held.get(name) for name in names}}
        row |= {"as_of": found.get("as_of"), "body": json.dumps(found, ensure_ascii=False)}
        row["evidence"] = _BETWEEN.join(held["evidence"]) or None
        self._row("nodes", "Finding", row, kinds)
        self._row(
            "relationships",
            "FOUND",
            {":START_ID(run)": run, ":END_ID(finding)": number},
            {":START_ID(run)": "id", ":END_ID(finding)": "id"},
        )
        for member in found.get("members") or ():
            ends = {":START_ID(finding)": number, ":END_ID(node)": member["node"]}
            self._row("relationships", "HAS_MEMBER", {"role": member["role"], **ends}, {":START_ID(finding)": "id"})

    # -- files
    def _row(self, what: str, label: str, row: dict, kinds: dict[str, str], name: str | None = None) -> None:
        header = [(key, kinds.get(key, "string")) for key in row]
        columns = {
            key: np.array([FOREVER if value is None else value], dtype=np.int64)
            if kinds.get(key) == "datetime" and not isinstance(value, str)
            else [value]
            for key, value in row.items()
        }
        self._append(what, label, header, columns, name)

    def _append(
        self, what: str, label: str, header: list[tuple[str, str]], columns: dict, name: str | None = None
    ) -> None:
        """Add rows to the file of a label or type; its header is written when the first come."""
        name = name or label
        key = f"{what}-{name}"
        arrays = {}
        for column, kind in header:
            values = columns[column]
            if kind == "datetime" and isinstance(values, np.ndarray):
                arrays[column] = _moments(values)
            else:
                arrays[column] = pa.array(
                    values, pa.int64() if kind == "id" else _TYPES.get(kind, pa.string()), from_pandas=True
                )
        table = pa.table(arrays)
        if key not in self._files:
            titles = ",".join(column if ":" in column else f"{column}:{kind}" for column, kind in header)
            (self._folder / f"{key}-header.csv").write_text(titles + "\n", "utf-8")
            options = arrow_csv.WriteOptions(include_header=False)
            self._files[key] = arrow_csv.CSVWriter(self._folder / f"{key}.csv", table.schema, write_options=options)
            self._schemas[key] = header
            self._options.append(f"--{what}={label}={key}-header.csv,{key}.csv")
        if self._schemas[key] != header:
            raise RuntimeError(f"rows of {key} do not agree on their columns")
        self._files[key].write_table(table)
        self._counts[what] += table.num_rows


def _moments(values: np.ndarray) -> pa.Array:
    """Times as ISO text, those that are open as nothing."""
    open_ended = (values == ALWAYS) | (values == FOREVER)
    moments = pa.array(np.where(open_ended, 0, values), pa.timestamp("ms"), mask=open_ended)
    texts = pc.replace_substring(moments.cast(pa.string()), " ", "T")
    return pc.binary_join_element_wise(texts, "Z", "")
