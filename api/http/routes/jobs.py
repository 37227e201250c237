"""Routes of jobs: begin a load, a run of detectors or a snapshot, watch it, end it."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Body, Path, Request

from ....detectors.settings import chosen
from ...jobs.sources import mapping_below, source_below
from ...jobs.starting import start
from ...jobs.table import Jobs
from ...services.reader import Reader
from .. import job_models as models
from ..guard import declares
from .asking import Store, moment_text, of, router, sent
from .pages import Limit

Number = Annotated[int, Path(ge=1, le=2**53, description="The job's number.")]
Asked = Annotated[
    models.LoadAsked | models.DetectAsked | models.SnapshotAsked,
    Body(discriminator="kind", description="What to do, with what it takes."),
]


def _asked(request: Request) -> str:
    """The subject of a beginning: what is to be done."""
    kind = sent(request, "kind")
    return kind if kind in ("load", "detect", "snapshot") else "job"


def _job_named(request: Request) -> str:
    number = request.path_params["job"]
    # A longer number may be a phone in the wrong place.
    return f"job {number}" if number.isascii() and number.isdigit() and len(number) < 8 else "job"


@router.post("/jobs", response_model=models.Job, status_code=202, summary="Begin a job")
@declares("jobs.run", _asked)
def begin_job(reader: Store, request: Request, asked: Asked) -> Any:
    """Begin a load, a run of detectors, or the building of a snapshot, by the command of that name in a process of its
    own. One job runs on a store at a time: while another does, the answer is 409 and says whose it is."""
    reader.store.revision()
    command, source = _command(reader, asked)
    return start(reader.settings, command, request.state.caller.name, source)


@router.get("/jobs", response_model=models.Jobs, summary="Jobs, the latest first")
@declares("jobs.read", of("jobs"))
def jobs(reader: Store, limit: Limit = 100) -> Any:
    """The last jobs on the store, whoever began them: a schedule, a person at the command line, or a request."""
    held = Jobs(reader.settings.jobs_file)
    return {"total": held.count(), "jobs": held.all(limit)}


@router.get("/jobs/{job}", response_model=models.Job, summary="One job")
@declares("jobs.read", _job_named)
def one_job(reader: Store, job: Number) -> Any:
    """A job and how far it has come."""
    return Jobs(reader.settings.jobs_file).get(job)


@router.delete("/jobs/{job}", response_model=models.Job, status_code=202, summary="Cancel a job")
@declares("jobs.run", _job_named)
def cancel_job(reader: Store, request: Request, job: Number) -> Any:
    """Let a job end at once, wherever it stands. A load that was cancelled leaves nothing that shows."""
    return Jobs(reader.settings.jobs_file).cancel(job, request.state.caller.name)


def _command(reader: Reader, asked: Asked) -> tuple[list[str], str | None]:
    """The command of a job, and the source where it has one; what can be told beforehand is refused here."""
    if isinstance(asked, models.LoadAsked):
        source = str(source_below(reader.settings.sources, asked.source))
        mapping = asked.mapping and mapping_below(reader.settings.sources, asked.mapping)
        return ["load", source, *([f"--mapping={mapping}"] if mapping else [])], source
    if isinstance(asked, models.DetectAsked):
        named = [one.id for one in chosen(asked.detectors)] if asked.detectors else []
        as_of = moment_text(asked.as_of)
        reader.moment(as_of)
        return ["detect", *named, *([f"--as-of={as_of}"] if as_of else [])], None
    return ["snapshot"], None
