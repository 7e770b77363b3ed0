"""Run SETA on its own consequences for 300 days, and say what that catches and costs.

    python benchmarks/loop.py [--days 300] [--seeds 1,2,3] [--policy NAME ...] [--jobs 2]
                              [--keep FILE] [--docs]

A run of one policy on one seed takes half a minute. With --keep the figures of each run are added
to a file, and those that it has are not measured again. --docs writes the tables into the page
docs/proof.md, between its marks.
"""

import argparse
import json
import re
import statistics
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from joblib import Parallel, delayed
from report import MARKDOWN, Table, machine, publish, section

from seta.proof.loop import POLICIES, loop_days, report_of, start
from seta.proof.simulation import Shape

PAGE = Path(__file__).parent.parent / "docs" / "proof.md"
BEGIN, END = "<!-- loop: begin -->", "<!-- loop: end -->"
SHAPE = Shape()          # 430 job types, 60 pushes and 3 regressions on a workday
PLAIN = "cover"
MONTHS = (0, 3, 6, 9)    # of the course

Runs = dict[tuple[str, int], dict[str, Any]]


def tables(
    names: Sequence[str], days: int, seeds: Sequence[int], jobs: int, keep: Path | None
) -> list[Table]:
    runs = measure(names, days, seeds, jobs, keep)
    return [comparison(names, seeds, runs, days), course(names, seeds, runs)]


def measure(
    names: Sequence[str], days: int, seeds: Sequence[int], jobs: int, keep: Path | None
) -> Runs:
    """Return the report of each policy on each seed."""
    runs: Runs = {}
    for line in keep.read_text().splitlines() if keep and keep.exists() else ():
        known = json.loads(line)
        if known["days"] == days:
            runs[known["policy"], known["seed"]] = known
    missing = [(name, seed) for name in names for seed in seeds if (name, seed) not in runs]
    parallel = Parallel(n_jobs=jobs, return_as="generator_unordered")
    for found in parallel(delayed(run)(name, seed, days) for name, seed in missing):
        runs[found["policy"], found["seed"]] = found
        print(f"{found['policy']}, seed {found['seed']}: on the push "
              f"{found['whole']['on_push']:.3f}", file=sys.stderr, flush=True)
        if keep:
            with keep.open("a") as file:
                file.write(json.dumps(found) + "\n")
    return runs


def run(name: str, seed: int, days: int) -> dict[str, Any]:
    return asdict(report_of(POLICIES[name], seed, loop_days(
        start(SHAPE, seed, days=days), POLICIES[name])))


def comparison(names: Iterable[str], seeds: Sequence[int], runs: Runs, days: int) -> Table:
    """Each policy beside the plain cover on the same seeds."""
    rows = []
    for name in names:
        every = [runs[name, seed]["whole"] for seed in seeds]
        plain = [runs[PLAIN, seed]["whole"] for seed in seeds]
        more = [100 * (one["on_push"] - other["on_push"]) for one, other in zip(every, plain)]
        rows.append([
            name, share(each["by_set"] for each in every),
            share(each["on_push"] for each in every),
            "" if name == PLAIN else spread(more, "+.1f"),
            f"{mean(each['found'] for each in every):.3f}",
            f"{mean(late(each, 'mean') for each in every):.2f}",
            f"{mean(late(each, 'p90') for each in every):.0f}",
            f"{mean(each['set_cost'] for each in every):.3f}",
            spread([each["cost"] + each["backfill"] for each in every], ".3f"),
            f"{mean(each['dear_push'] for each in every):.2f}",
            f"{mean(each['set_size'] for each in every):.0f}",
            f"{mean(each['turnover'] for each in every):.3f}"])
    count = sum(runs[PLAIN, seed]["whole"]["regressions"] for seed in seeds)
    return Table(
        ["policy", "caught by the set", "on the push", "more than the cover, points",
         "found by the end", "pushes late, mean", "p90", "the set, of a full run",
         "all that runs",
         "dearest tenth of pushes", "job types", "turnover a day"], rows,
        about=f"""SETA on its own consequences: {SHAPE.job_types} job types,
        {SHAPE.pushes_per_day:g} pushes and {SHAPE.regressions_per_day:g} regressions on a workday;
        everything runs for 90 days, then SETA decides once a day for {days} days. Only what ran can
        be a witness, and what nobody found nobody fixes. Seeds {", ".join(map(str, seeds))},
        {count:,} regressions; means, and after ± the standard deviation over the seeds. Costs are
        shares of what everything on every push takes, backfills among them.""")


def course(names: Iterable[str], seeds: Sequence[int], runs: Runs) -> Table:
    """What each policy catches and its set costs, as time goes by."""
    header = ["policy"]
    rows = []
    for name in names:
        row = [name]
        for month in MONTHS:
            every = [runs[name, seed]["months"] for seed in seeds]
            if all(len(months) > month for months in every):
                row.append(
                    f"{mean(months[month]['on_push'] for months in every):.2f} for "
                    f"{mean(months[month]['set_cost'] for months in every):.2f}")
        rows.append(row)
    header += [f"days {30 * month + 1} to {30 * month + 30}" for month in MONTHS]
    return Table(header, rows, title="As time goes by", about="""Caught on the push, and the set's
                 share of a full run, in the mean over the seeds.""")


def late(whole: dict[str, Any], which: str) -> float:
    return float(whole["pushes_late"].get(which, 0.0))


def share(values: Iterable[float]) -> str:
    return spread(list(values), ".3f")


def spread(values: Sequence[float], form: str) -> str:
    shown = f"{mean(values):{form}}"
    return f"{shown} ± {statistics.stdev(values):{form.lstrip('+')}}" if len(values) > 1 else shown


def mean(values: Iterable[float]) -> float:
    return statistics.fmean(values)


def write_docs(found: Sequence[Table]) -> None:
    """Put the tables between the marks of the page."""
    page = PAGE.read_text(encoding="utf-8")
    made = section("", found).partition("\n\n")[2]
    command = f"Made by `python benchmarks/loop.py --docs` on {machine()}."
    PAGE.write_text(re.sub(
        f"{BEGIN}.*{END}", lambda _: f"{BEGIN}\n\n{command}\n\n{made}\n{END}", page,
        flags=re.DOTALL), encoding="utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--days", type=int, default=300)
    parser.add_argument("--seeds", default="1,2,3")
    parser.add_argument("--policy", action="append", choices=list(POLICIES), metavar="NAME",
                        help="the plain cover among them; all by default")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--docs", action="store_true", help="write them into docs/proof.md")
    parser.add_argument(MARKDOWN, action="store_true", help="print a section in Markdown")
    chosen = parser.parse_args()
    made_by = partial(tables, chosen.policy or list(POLICIES), chosen.days,
                      [int(seed) for seed in chosen.seeds.split(",")], chosen.jobs, chosen.keep)
    if chosen.docs:
        write_docs(made_by())
    else:
        publish("The loop", made_by)
