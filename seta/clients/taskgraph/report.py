"""Why each task was removed: in the log, and in the artifact ``public/seta.json``."""

import atexit
import json
import logging
from pathlib import Path

from ..answers import Schedule

logger = logging.getLogger("optimization.seta")

ARTIFACT = "seta.json"


class Report:
    """A schedule, and what was removed by it.

    A decision task uploads the folder ``artifacts`` as ``public/`` when it ends. taskgraph does
    not tell a strategy when it has asked about the last task, so the artifact is written at
    once, with what may be removed, and again at the end of the process, with what was.
    """

    def __init__(self, schedule: Schedule, *, is_kept: bool):
        self.schedule = schedule
        self._removed: dict[str, dict] = {}
        if is_kept:
            self._path = artifacts_folder() / ARTIFACT
            self.write()
            atexit.register(self.write)

    def removed(self, label: str, strategy: str, reason: str) -> None:
        if label not in self._removed:
            logger.info("SETA: %s removes %s: %s", strategy, label, reason)
        self._removed[label] = {"strategy": strategy, "reason": reason}

    def write(self) -> None:
        """Write the artifact; that it cannot be written is a warning, and nothing else."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._path.write_text(json.dumps(self.as_json(), indent=2, sort_keys=True) + "\n")
        except OSError as error:
            logger.warning("%s could not be written: %s", self._path, error)

    def as_json(self) -> dict:
        schedule = self.schedule
        return {
            "kind": schedule.kind, "reasons": schedule.reasons, "failure": schedule.failure,
            "snapshot": schedule.snapshot, "priorities": schedule.priorities,
            "skip": sorted(schedule.skip), "removed": self._removed,
        }


def artifacts_folder() -> Path:
    """Return taskgraph's own folder of artifacts, as a full path: a task may change folders."""
    from taskgraph.decision import ARTIFACTS_DIR

    return Path(ARTIFACTS_DIR).absolute()
