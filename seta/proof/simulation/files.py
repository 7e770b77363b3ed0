"""A simulated history as a file for `seta import`, and the truth behind it."""

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any, TextIO

from ...domain import Classification
from .history import Failure, Ran, Simulation
from .shape import START

NAMESPACE = "simulated"
BUILD_SYSTEM = "taskcluster"


def write_history(
    simulation: Simulation, out: TextIO, *, project: str,
    progress: Callable[[int, int], None] = lambda pushes, results: None,
) -> int:
    """Write a history in which every job ran on every push; return how many results there are.

    One push is in memory at a time. A star that comes after the end of the history is left out,
    as in an export made at that time. `progress` gets the numbers of pushes and results so far.
    """
    results = 0
    lists = simulation.table.changes()
    for push in simulation.pushes():
        while lists and lists[0] <= push.day:
            out.writelines(_job_list(simulation, lists.pop(0), project))
        ran = simulation.run(push)
        out.writelines(_records(simulation, ran, project))
        results += len(ran.jobs)
        progress(push.index + 1, results)
    return results


def truth(simulation: Simulation) -> dict[str, Any]:
    """Return what is true of a simulated history as far as it went: what broke, and who shows it.

    Jobs are named as on the day on which the regression landed.
    """
    return {
        "seed": simulation.seed,
        "shape": asdict(simulation.shape),
        "jobs": len(simulation.table),
        "regressions": [_truth_of(simulation, number)
                        for number in range(len(simulation.regressions))],
    }


def _truth_of(simulation: Simulation, number: int) -> dict[str, Any]:
    each = simulation.regressions[number]
    landed = simulation.push(each.landed)
    names = simulation.table.labels(landed.day)
    return {
        "landed": landed.revision, "landed_at": landed.pushed_at.isoformat(),
        "component": each.component,
        "witnesses": {names[job]: round(chance, 3)
                      for job, chance in sorted(each.witnesses.items())},
        "found_by": None if each.found_by is None else names[each.found_by],
        "found_on": None if each.found_on is None else simulation.push(each.found_on).revision,
        "fixed_by": each.fixed_by,
        "fixed_on": None if each.fixed is None else simulation.push(each.fixed).revision,
        "stars": each.stars,
    }


def _job_list(simulation: Simulation, day: float, project: str) -> Iterator[str]:
    names = simulation.table.labels(day)
    seen_at = (START + timedelta(days=day)).isoformat()
    for job in simulation.table.alive(day).tolist():
        yield json.dumps({"kind": "job", "project": project, "build_system": BUILD_SYSTEM,
                          "name": names[job], "seen_at": seen_at}) + "\n"


def _records(simulation: Simulation, ran: Ran, project: str) -> Iterator[str]:
    """Yield a line for each run; what most of them share is spelled once."""
    push = ran.push
    names = simulation.table.labels(push.day)
    first = push.index * len(simulation.table)
    end = START + timedelta(days=simulation.shape.days)
    shared = (f'"namespace":"{NAMESPACE}","project":{json.dumps(project)},'
              f'"build_system":"{BUILD_SYSTEM}","revision":"{push.revision}",'
              f'"push_id":"{push.push_id}","pushed_at":"{push.pushed_at.isoformat()}"')
    for job, started, duration in zip(
            ran.jobs.tolist(), ran.started_seconds.tolist(), ran.duration_ms.tolist()):
        failure = ran.failures.get(job)
        started_at = push.pushed_at + timedelta(seconds=started)
        result = "success" if failure is None else "testfailed"
        yield (f'{{"kind":"result",{shared},"job_id":"{first + job}","name":"{names[job]}",'
               f'"started_at":"{started_at.isoformat()}","duration":{duration / 1000},'
               f'"result":"{result}"{_star(failure, end)}}}\n')


def _star(failure: Failure | None, end: datetime) -> str:
    if failure is None or failure.starred_at is None or failure.starred_at > end:
        return ""
    fix = (f',"fixed_by":["{failure.fixed_by}"]'
           if failure.classification is Classification.FIXED_BY_COMMIT else "")
    return (f',"classification":"{failure.classification}",'
            f'"classified_at":"{failure.starred_at.isoformat()}"{fix}')
