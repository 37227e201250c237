"""Progress bars of commands that take long."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from .output import plain

if TYPE_CHECKING:
    from ...graph.store import Progress


@contextmanager
def bars() -> Iterator[Progress | None]:
    """What shows progress on standard error where that is a terminal, from the first time it is told of any; None
    elsewhere."""
    if not sys.stderr.isatty():
        yield None
        return
    with ExitStack() as stack:
        shown: Progress | None = None

        def progress(step: str, name: str, done: int, total: int) -> None:
            nonlocal shown
            if shown is None:
                shown = stack.enter_context(_shown())
            shown(step, name, done, total)

        yield progress


@contextmanager
def _shown() -> Iterator[Progress]:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as display:
        tasks: dict[tuple[str, str], TaskID] = {}

        def progress(step: str, name: str, done: int, total: int) -> None:
            if (step, name) not in tasks:
                # One bar at a time: a book has more files than a terminal has lines.
                for earlier in tasks.values():
                    display.update(earlier, visible=False)
                tasks[step, name] = display.add_task(plain(f"{step} {name}"), total=total)
            display.update(tasks[step, name], completed=done, total=total, visible=True)

        yield progress
