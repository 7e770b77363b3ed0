"""The proof of each verdict, made from the whole problem, not from what the solver left of it."""

from collections import defaultdict
from collections.abc import Set

from .cover import Cover


def needed_for(cover: Cover, kept: Set[int]) -> dict[int, list[str]]:
    """Return, for each kept column, the regressions that would keep too few without it.

    Sorted by fixing revision. A kept column that is missing from the answer is to spare.
    """
    needed = defaultdict(list)
    for fixed_by, rows in zip(cover.fixed_by, cover.rows, strict=True):
        tight = set()
        for row in rows:
            present = [column for column in row.columns if column in kept]
            if len(present) == row.need:
                tight.update(present)
        for column in tight:
            needed[column].append(fixed_by)
    return needed


def covered_by(cover: Cover, kept: Set[int]) -> dict[int, dict[str, list[str]]]:
    """Return, for each column that is not kept, who catches what it caught.

    The names are those of all kept witnesses; where a regression was given up there are none.
    The list of one regression is one object, whoever refers to it: thousands do.
    """
    covered = defaultdict(dict)
    for fixed_by, witnesses in zip(cover.fixed_by, cover.witnesses, strict=True):
        names = [str(cover.job_types[column]) for column in witnesses if column in kept]
        for column in witnesses:
            if column not in kept:
                covered[column][fixed_by] = names
    return covered
