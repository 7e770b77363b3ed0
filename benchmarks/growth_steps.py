"""The steps that `growth.py` measures, each a program of its own, so that memory is its own peak.

    python benchmarks/growth_steps.py STEP DATABASE_URL DAY

A step prints its seconds and its peak memory as JSON. DAY is the day of the history when it runs.
"""

import json
import resource
import sys
from datetime import datetime, timedelta
from time import perf_counter

from alembic import command
from growth_results import START
from sqlalchemy import Engine

from seta.config import Settings
from seta.ingest import import_files
from seta.publish import analyze
from seta.store.engine import make_engine, make_sessions
from seta.store.migrations.upgrade import migration_config, upgrade
from seta.store.results.pruning import prune

BEFORE = "1.1"   # the tables of the release before


def import_rows(engine: Engine, now: datetime) -> dict:
    """What `seta import -` does with standard input; the rollup is part of it."""
    report = import_files(make_sessions(engine), ["-"], scope="trunk", now=now)
    return {"results": report.new, "bad": report.bad_total}


def analyze_scope(engine: Engine, now: datetime) -> dict:
    snapshot = analyze(make_sessions(engine), "trunk", now=now, settings=Settings(max_change=1.0))
    return {"regressions": snapshot.regressions, "status": snapshot.status}


def prune_oldest_day(engine: Engine, now: datetime) -> dict:
    """`now` is the end of the day that is pruned."""
    kept = timedelta(days=200)
    return prune(make_sessions(engine), now=now + kept, retention=kept)


def migrate(engine: Engine, now: datetime) -> dict:
    upgrade(engine)
    return {}


def migrate_back(engine: Engine, now: datetime) -> dict:
    with engine.begin() as connection:
        command.downgrade(migration_config(connection), BEFORE)
    return {}


STEPS = {"import": import_rows, "analyze": analyze_scope, "prune": prune_oldest_day,
         "migrate": migrate, "migrate back": migrate_back}


def run(step: str, url: str, day: float) -> None:
    engine = make_engine(url)
    began = perf_counter()
    found = STEPS[step](engine, START + timedelta(days=day))
    seconds = perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "megabytes": peak} | found))


if __name__ == "__main__":
    run(sys.argv[1], sys.argv[2], float(sys.argv[3]))
