"""`seta classify`."""

from typing import Any

import click

from ..curation.classifications import classify_job, classify_range, read_classification
from ..domain.plurals import pluralize
from ..errors import BadInput
from .options import why_option
from .program import Program, operator


@click.command()
@click.option("--namespace", default="treeherder", show_default=True,
              help="The namespace of --job-id.")
@click.option("--job-id",
              help="The job run to classify. For a range of pushes, give --project, --name, "
                   "--from-revision and --to-revision instead.")
@click.option("--project", help="The project of the pushes.")
@click.option("--build-system", default="taskcluster", show_default=True,
              help="The build system of --name.")
@click.option("--name", help="The full name of the job.")
@click.option("--from-revision", help="The first push of the range.")
@click.option("--to-revision", help="The last push of the range.")
@click.option("--fixed-by", metavar="REVISION",
              help="Classify as a regression fixed by this revision.")
@click.option("--intermittent", is_flag=True, help="Classify as an intermittent failure.")
@click.option("--take-back", is_flag=True, help="Take back the classification.")
@why_option
@click.pass_obj
def classify(
    program: Program, /, namespace: str, job_id: str | None, why: str, **options: Any,
) -> None:
    """Classify a failed job, or the failed runs of a job on a range of pushes.

    The next analysis counts what was fixed by a commit as a regression.
    """
    what = read_classification(*_classification(options))
    who, now = operator(), program.now
    with program.sessions.begin() as session:
        if job_id is not None:
            added = classify_job(session, namespace, job_id, what, who=who, now=now, why=why)
        else:
            added = classify_range(session, *_job(options), what, first=options["from_revision"],
                                   last=options["to_revision"], who=who, now=now, why=why)
    click.echo(f"{pluralize(added, 'job')} classified as {what.classification}" if added else
               "nothing to do: all of them have this classification already")


def _classification(options: dict[str, Any]) -> tuple[str, str | None]:
    """Return the classification that the options choose, and the revision that fixed it."""
    is_given = {"fixed by commit": options["fixed_by"] is not None,
                "intermittent": options["intermittent"], "not classified": options["take_back"]}
    chosen = [classification for classification in is_given if is_given[classification]]
    if len(chosen) != 1:
        raise BadInput("give one of --fixed-by, --intermittent and --take-back, not "
                       f"{len(chosen)} of them")
    return chosen[0], options["fixed_by"]


def _job(options: dict[str, Any]) -> tuple[str, str, str]:
    """Return the project, build system and name of the job whose runs are classified."""
    missing = [f"--{word.replace('_', '-')}" for word in
               ("project", "name", "from_revision", "to_revision") if options[word] is None]
    if missing:
        raise BadInput(f"give --job-id, or add {', '.join(missing)}")
    return options["project"], options["build_system"], options["name"]
