"""What people say of failed jobs."""

from typing import Literal

from apiflask import APIBlueprint
from pydantic import BaseModel, Field

from ...curation.classifications import (
    JobClassification, classify_job, classify_range, read_classification,
)
from ...errors import BadInput
from ...ledger import check_build_system
from ..context import context
from . import lookups
from .access import writer
from .fields import BuildSystem, JobName, Model, Name, PushId, Text

bp = APIBlueprint("classifications", __name__, url_prefix="/api/v1", tag="Regressions")


class ClassificationIn(Model):
    """One job run (`namespace`, `job_id`), or a job over a range of pushes (the other fields)."""

    classification: Literal["fixed by commit", "intermittent", "not classified"] = Field(
        description="\"not classified\" takes back what was said.")
    fixed_by: str | None = Field(
        None, pattern="^[0-9A-Fa-f]{12,40}$", description="The fixing revision.")
    namespace: JobName | None = None
    job_id: JobName | None = None
    project: Name | None = None
    build_system: BuildSystem | None = None
    job: JobName | None = Field(None, description="The full name of the job.")
    first_push: PushId | None = Field(None, description="By its revision or its id.")
    last_push: PushId | None = None
    why: Text = ""


class ClassificationOut(BaseModel):
    added: int = Field(description="Job runs that were not classified so already.")


@bp.post("/classifications")
@bp.input(ClassificationIn)
@bp.output(ClassificationOut)
@bp.doc(summary="Say what failed jobs were", security="bearer")
def post_classification(json_data: ClassificationIn):
    """Classify one failed job run, or every failure of a job on a range of pushes.

    It counts from now on, with the next analysis, and outranks whatever was inferred.
    """
    asked, what = json_data, read_classification(json_data.classification, json_data.fixed_by)
    with context().sessions.begin() as session:
        if _are_given(asked, "namespace", "job_id"):
            added = classify_job(
                session, asked.namespace, asked.job_id, what, who=writer(), why=asked.why,
                now=context().clock())
        else:
            added = _classify_range(session, asked, what)
    return {"added": added}


def _classify_range(session, asked: ClassificationIn, what: JobClassification) -> int:
    if not _are_given(asked, "project", "job", "first_push", "last_push"):
        raise BadInput("say which: namespace and job_id of one run; or project, job, first_push "
                       "and last_push of a range")
    project = lookups.project_named(session, asked.project)
    return classify_range(
        session, project.name, check_build_system(project, asked.build_system), asked.job, what,
        first=asked.first_push, last=asked.last_push, who=writer(), why=asked.why,
        now=context().clock())


def _are_given(asked: ClassificationIn, *fields: str) -> bool:
    """Say whether these fields, and none of the other way to name a job, are given."""
    every = {"namespace", "job_id", "project", "job", "first_push", "last_push"}
    return {field for field in every if getattr(asked, field) is not None} == set(fields)
