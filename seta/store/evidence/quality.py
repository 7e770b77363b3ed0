"""How good the sheriffs' labels of a window are."""

from dataclasses import dataclass

from sqlalchemy import extract, func, select
from sqlalchemy.orm import Session

from .moment import Moment
from .witnesses import counted_jobs


@dataclass(frozen=True, slots=True)
class LabelQuality:
    """Counts over the jobs that are classified "fixed by commit" in the window."""

    jobs: int                        # classified so
    without_fix: int                 # no revision could be read: no evidence
    unparsed_revisions: int          # revisions in notes that stayed unknown
    unparsed_names: int              # of a name that is no job type
    tier_3: int
    assumed_times: int               # no time was told: the push time stands for it
    inferred: int                    # nobody classified it
    median_lag: int | None           # seconds from the job's end to its classification


def label_quality(session: Session, moment: Moment) -> LabelQuality:
    jobs = counted_jobs(moment).cte("jobs")
    lag = extract("epoch", jobs.c.classified_at - jobs.c.known_at)
    count = func.count()
    row = session.execute(select(
        count,
        count.filter(func.cardinality(jobs.c.fixed_by) == 0),
        func.coalesce(func.sum(jobs.c.unparsed), 0),
        count.filter(jobs.c.job_type_id.is_(None)),
        count.filter(jobs.c.is_tier_3),
        count.filter(jobs.c.is_assumed),
        count.filter(jobs.c.is_inferred),
        func.percentile_cont(0.5).within_group(lag).filter(
            ~jobs.c.is_assumed & ~jobs.c.is_inferred),
    )).one()
    return LabelQuality(*row[:7], median_lag=None if row[7] is None else round(row[7]))
