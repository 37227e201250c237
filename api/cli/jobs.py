"""Commands about jobs: jobs list, show, cancel; and snapshot, which is one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from .commands import TABLE_ROWS, AsText, StoreUrl, TextFormat, audit, opened, user
from .output import number, plain, print_json, say, table
from .working import working

if TYPE_CHECKING:
    from ..jobs.table import Job

jobs = typer.Typer(
    help="Jobs: loads, runs of detectors and snapshots, who began them, how far they have come.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
JobNumber = Annotated[int, typer.Argument(metavar="JOB", help="Its number; 'ringfence jobs list' lists them.")]


@jobs.command("list")
def list_jobs(
    top: Annotated[int, typer.Option("--top", metavar="N", min=1, help="The last N only.")] = TABLE_ROWS,
    format: AsText = TextFormat.text,
    store: StoreUrl = None,
) -> None:
    """List the jobs of a store, the latest first: loads, detectors, nights, snapshots."""
    from ..jobs.table import Jobs

    with opened(store) as reader:
        audit(reader, "jobs.list", "jobs")
        found = Jobs(reader.settings.jobs_file).all(top)
    if format == TextFormat.json:
        print_json([vars(job) for job in found])
        return
    rows = [(job.job, job.kind, job.state, job.by, *_times(job), _step(job), job.source or "") for job in found]
    print(table(("JOB", "KIND", "STATE", "BY", "BEGAN", "ENDED", "PROGRESS", "SOURCE"), rows, right=("JOB",)))


@jobs.command("show")
def show_job(job: JobNumber, format: AsText = TextFormat.text, store: StoreUrl = None) -> None:
    """Show one job: what it does, how far it has come, what came of it."""
    from ..jobs.table import Jobs

    with opened(store) as reader:
        audit(reader, "jobs.show", f"job {job}")
        found = Jobs(reader.settings.jobs_file).get(job)
    if format == TextFormat.json:
        print_json(vars(found))
    else:
        print(_text(found))


@jobs.command()
def cancel(job: JobNumber, store: StoreUrl = None) -> None:
    """End a job at once.

    A load leaves nothing that shows; 'ringfence load --resume' goes on with it. A run of detectors leaves nothing.
    """
    from ..jobs.table import Jobs

    with opened(store) as reader:
        audit(reader, "jobs.cancel", f"job {job}")
        ended = Jobs(reader.settings.jobs_file).cancel(job, user())
    say(f"job {job}, {ended.kind} of {ended.by}, is told to end: 'ringfence jobs show {job}' says when it has")


def snapshot(store: StoreUrl = None) -> None:
    """Build the snapshot of the latest revision now.

    Otherwise whoever asks first after a load waits for it.
    """
    with opened(store) as reader:
        reader.store.revision()
        with working(reader.settings, "snapshot") as (job, progress):
            built = reader.snapshot(progress)
            nodes, relationships = number(built.node_count), number(built.edge_count)
            job.said = f"snapshot of revision {built.revision}: {nodes} nodes, {relationships} relationships"
        print(job.said)


def _text(job: Job) -> str:
    of = f", of {plain(job.source)}" if job.source else ""
    began, ended = _times(job)
    lines = [
        f"job {job.job}: {job.kind}{of}, by {plain(job.by)}",
        f"{job.state}, began {began}" + (f", ended {ended}" if ended else f", process {job.pid} on {plain(job.host)}"),
        *([f"cancelled by {plain(job.cancelled_by)}"] if job.cancelled_by else []),
        *([f"progress: {_step(job)}"] if job.step else []),
        *([plain(job.said)] if job.said else []),
    ]
    return "\n".join(lines)


def _times(job: Job) -> tuple[str, str]:
    from ...graph.times import to_iso

    began, ended = (to_iso(at and at // 1000 * 1000) or "" for at in (job.began_at, job.ended_at))
    return began, ended


def _step(job: Job) -> str:
    return f"{job.step} {plain(job.name)} {number(job.done)} of {number(job.total)}" if job.step else ""
