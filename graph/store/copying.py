"""One store copied into another, whichever kind each is: every load, undo, finding, case and secret, in their order.

Each publication and undo of the source makes the same revision in the target, so that a copy that broke off is taken up
where it stood by beginning again, and a copy made before is brought up to date.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import groupby

from ..errors import UserError
from ..model import RELATIONS
from .erasure import SOURCE
from .protocol import Store, Writer
from .records import FieldType, Load, Progress


@dataclass(frozen=True)
class CopyReport:
    """What was copied: publications and undos, versions, and runs with their findings."""

    revisions: int
    versions: int
    runs: int


def copy(source: Store, target: Store, progress: Progress | None = None) -> CopyReport:
    """Copy a store into an empty one, or into one that holds the beginning of it.

    Parameters
    ----------
    progress : told of each load's rows, step ``copying``

    Raises
    ------
    UserError : the target holds something else, or what was erased from the source since
    """
    with source.reading():
        loads = source.loads()
        done, before = target.revision(), target.runs()
        _check_beginning(loads, target.loads(), done)
        events = sorted(
            [(load.revision, False, load) for load in loads if load.revision is not None]
            + [(load.withdrawn, True, load) for load in loads if load.withdrawn is not None],
            key=lambda event: event[0],
        )
        events = [event for event in events if event[0] > done]
        # asked first: what was erased is missing from earlier findings, too
        if done and any(load.source == SOURCE and not load.bulk for _, _, load in events):
            raise UserError(
                f"something was erased since {target.url} was copied: remove it and copy into an empty store"
            )
        if [_comparable(run) for run in before] != [_comparable(run) for run in source.runs()[: len(before)]]:
            raise UserError(f"{target.url} holds findings of its own: name an empty store to copy into")
        decided, known = source.case_entries(), target.case_entries()
        if known != decided[: len(known)]:
            raise UserError(f"{target.url} holds verdicts or notes of its own: name an empty store to copy into")
        versions = 0
        for place, (revision, undo, load) in enumerate(events):
            if undo:
                made = target.unload(load.load)
            else:
                made, written = _copy_load(source, target, load, secrets=place == 0, progress=progress)
                versions += written
            if made != revision:
                raise UserError(f"{target.url} was written to by another meanwhile: copy into an empty store")
        if any(load.purged for load in loads):
            target.purge()
        runs = source.runs()[len(before) :]
        for _, batch in groupby(runs, key=lambda run: run.batch or -run.run):  # runs of old stores are of no batch
            together = list(batch)
            cases = source.cases(together[0].batch) if together[0].batch else []
            target.save_batch(together, source.findings([run.run for run in together]), cases)
        target.add_case_entries(decided)
    return CopyReport(len(events), versions, len(runs))


def _check_beginning(loads: list[Load], held: list[Load], done: int) -> None:
    """The target holds what the source held at some revision, and no more."""
    expected = [
        replace(load, withdrawn=None, state="published") if (load.withdrawn or 0) > done else load
        for load in loads
        if load.revision is not None and load.revision <= done
    ]
    if [replace(load, purged=False) for load in held] != [replace(load, purged=False) for load in expected]:
        raise UserError("the store to copy into holds something else: name an empty one with --to")


def _comparable(run) -> tuple:
    return (run.detector, run.version, run.revision, run.as_of, run.findings, run.seconds)


def _copy_load(
    source: Store, target: Store, load: Load, secrets: bool, progress: Progress | None
) -> tuple[int | None, int]:
    types: dict[str, dict[str, FieldType]] = {}
    for owner, name, kind in source.fields():
        types.setdefault(owner, {})[name] = kind  # type: ignore[assignment]
    names = source.files()
    written = 0
    with target.writer(load.source, bulk=load.bulk, privacy=source.privacy(), load=load.load) as writer:
        if secrets:
            # A token already kept stays as it is, so all of them are passed on with the first load to come.
            for block in source.secrets():
                writer.secrets(block)
        numbers = {number: writer.file(name) for number, name in names.items()}
        for owner in source.owners(load.load):
            for rows in _owned(source, writer, owner, load.load, types.get(owner, {}), numbers):
                written += rows
                if progress:
                    progress("copying", f"load {load.load}: {owner}", written, written)
        rejects = source.rejects(load.load)
        if len(rejects):
            writer.rejects(rejects.drop(columns="load"))
        return writer.publish(load.tables, load.data_date, notes=load.notes), written


def _owned(
    source: Store, writer: Writer, owner: str, load: int, fields: dict[str, FieldType], numbers: dict[int, int]
) -> Iterator[int]:
    """Pass on what a load wrote of one table or relation, and tell the rows of each block."""
    for frame in source.versions(owner, load):
        frame = frame.assign(file=[numbers.get(file, file) for file in frame["file"].tolist()])
        if owner in RELATIONS:
            writer.relationships(owner, frame, fields)
        else:
            writer.facts(owner, frame, fields)
        yield len(frame)
