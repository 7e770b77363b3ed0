"""Runs because of which the results that an analysis reads may be half."""

from sqlalchemy.orm import Session

from ..domain import Run, Scope
from ..store.operation.runs import inputs_after, newest_run, unfinished_inputs


class HalfWatch:
    """Notices runs that go on, failed or stopped, or begin, while results are read.

    What is read after they ended may be whole; what was read before is not.
    """

    def __init__(self, session: Session, scope: Scope):
        self._session = session
        self._scope = scope
        self._newest = newest_run(session)
        self._found = {run.id: run for run in unfinished_inputs(session, scope)}

    def reasons(self) -> tuple[str, ...]:
        """Say, when all is read, why it may be half; nothing if it is whole."""
        began = inputs_after(self._session, self._scope, self._newest)
        unfinished = unfinished_inputs(self._session, self._scope)
        found = {run.id: run for run in began + unfinished} | self._found
        latest: dict[tuple[str, str, bool], Run] = {}
        for _, run in sorted(found.items()):
            latest[run.task, run.project, run.status == "running"] = run
        return tuple(_reason(run.without_folders(), self._scope) for run in latest.values())


def _reason(run: Run, scope: Scope) -> str:
    what = f"ingest of {run.project}" if run.task == "ingest" else f"import into {scope.name}"
    if run.status == "failed":
        return f"the last {what} failed: {run.error or 'no reason was recorded'}"
    if run.status == "stopped":
        return (f"the last {what} stopped before its end ({run.started_at:%Y-%m-%d %H:%M} UTC), "
                "and was not repeated yet")
    return (f"the {what} that began at {run.started_at:%Y-%m-%d %H:%M} UTC went on while its "
            "results were read")
