"""Classifications of failed jobs by people."""

from typing import Literal

from apiflask import APIBlueprint
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from ...curation.classifications import (
    HandClassification, classify_job, classify_range, read_classification,
)
from ...errors import BadInput
from ...ledger import check_build_system
from ..context import context
from . import lookups
from .access import writer
from .fields import BuildSystemName, JobName, Json, Model, Name, PushId, Text

bp = APIBlueprint("classifications", __name__, url_prefix="/api/v1", tag="Regressions")
RUN = ("namespace", "job_id")
JOB_ON_PUSHES = ("project", "job", "first_push", "last_push")


class ClassificationIn(Model):
    """One job run (`namespace`, `job_id`), or a job over a range of pushes (the other fields)."""

    classification: Literal["fixed by commit", "intermittent", "not classified"] = Field(
        description="\"not classified\" withdraws an earlier classification.")
    fixed_by: str | None = Field(
        None, pattern="^[0-9A-Fa-f]{12,40}$", description="The fixing revision.")
    namespace: JobName | None = None
    job_id: JobName | None = None
    project: Name | None = None
    build_system: BuildSystemName | None = None
    job: JobName | None = Field(None, description="The full name of the job.")
    first_push: PushId | None = Field(None, description="Its revision or its id.")
    last_push: PushId | None = None
    why: Text = ""


class ClassificationOut(BaseModel):
    added: int = Field(description="How many job runs got a new classification.")


@bp.post("/classifications")
@bp.input(ClassificationIn)
@bp.output(ClassificationOut)
@bp.doc(summary="Classify failed jobs", security="bearer")
def post_classification(json_data: ClassificationIn) -> Json:
    """Classify one failed job run, or every failure of a job on a range of pushes.

    The next analysis counts it. It outranks whatever was inferred.
    """
    what = read_classification(json_data.classification, json_data.fixed_by)
    with context().sessions.begin() as session:
        if run := _given(json_data, RUN):
            namespace, job_id = run
            added = classify_job(
                session, namespace, job_id, what, who=writer(), why=json_data.why,
                now=context().clock())
        elif job := _given(json_data, JOB_ON_PUSHES):
            added = _classify_range(session, json_data, job, what)
        else:
            raise BadInput("give either namespace and job_id, for one job run, or project, job, "
                           "first_push and last_push, for a range of pushes")
    return {"added": added}


def _classify_range(
    session: Session, body: ClassificationIn, job: list[str], what: HandClassification
) -> int:
    project_name, name, first, last = job
    project = lookups.project_named(session, project_name)
    return classify_range(
        session, project.name, check_build_system(project, body.build_system), name, what,
        first=first, last=last, who=writer(), why=body.why, now=context().clock())


def _given(body: ClassificationIn, fields: tuple[str, ...]) -> list[str] | None:
    """Return these fields if they, and none of the other way to name jobs, are given."""
    given = {field for field in RUN + JOB_ON_PUSHES if getattr(body, field) is not None}
    return [getattr(body, field) for field in fields] if given == set(fields) else None
