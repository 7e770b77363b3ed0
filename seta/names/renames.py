"""Read job types by the names that they have now."""

import re
from collections.abc import Collection, Iterable
from datetime import datetime
from functools import lru_cache
from itertools import combinations

from ..domain import JobType, Rename
from ..domain.patterns import WITH_CHUNK
from ..errors import BadInput

PART = re.compile(r"\[[^\]]*\]|.")


def apply_renames(
    job_type: JobType, renames: Iterable[Rename], at: datetime | None = None
) -> JobType:
    """Return what a job type is called now, through chains of renames in any order.

    With ``at``, only renames up to then count. Without a rename a job type stays as it is. Raises
    BadInput where the renames form a cycle, which `check_renames` refuses beforehand.
    """
    known = sorted((rename for rename in renames if at is None or rename.since <= at),
                   key=lambda rename: (rename.since, rename.old))
    seen = [job_type]
    while (renamed := _first_change(seen[-1], known)) != seen[-1]:
        if renamed in seen:
            raise BadInput(f"renames of {job_type} form a cycle: "
                           f"{' -> '.join(map(str, [*seen, renamed]))}")
        seen.append(renamed)
    return seen[-1]


def _first_change(job_type: JobType, renames: list[Rename]) -> JobType:
    for rename in renames:
        renamed = rename.applied_to(job_type)
        if renamed != job_type:
            return renamed
    return job_type


def check_renames(renames: Collection[Rename]) -> None:
    """Raise BadInput if some job type could be renamed in a cycle, whatever the times.

    Every rename sets fields to fixed values, so a cycle needs two renames that lead to each other
    and set one field differently. Two patterns count as overlapping unless they plainly are not.
    """
    listed = list(renames)
    followers = [
        {at for at, after in enumerate(listed) if _can_follow(rename, after)} for rename in listed
    ]
    reached = [_reachable(at, followers) for at in range(len(listed))]
    for one, other in combinations(range(len(listed)), 2):
        if other in reached[one] and one in reached[other] and _differ(listed[one], listed[other]):
            raise BadInput(
                f"these renames form a cycle: {listed[one]}; {listed[other]}"
            )


def _reachable(start: int, followers: list[set[int]]) -> set[int]:
    reached: set[int] = set()
    to_visit = [start]
    while to_visit:
        new = followers[to_visit.pop()] - reached
        reached |= new
        to_visit.extend(new)
    return reached


def _differ(one: Rename, other: Rename) -> bool:
    return any(other.new.changes.get(field, value) != value
               for field, value in one.new.changes.items())


def _can_follow(first: Rename, after: Rename) -> bool:
    """Return whether the second rename can match what the first one makes."""
    old, new = first.old, first.new
    return (
        can_both_match(new.platform or old.platform, after.old.platform)
        and can_both_match(new.build_type or old.build_type, after.old.build_type)
        and can_both_match(new.test_suite or _without_chunk(old.test_suite),
                           _without_chunk(after.old.test_suite))
    )


def _without_chunk(glob: str) -> str:
    """Cut the chunk off a glob: chunks of one suite count as overlapping."""
    return glob.rpartition("-")[0] if WITH_CHUNK.fullmatch(glob) else glob


def can_both_match(one: str, other: str) -> bool:
    """Return whether some text matches both globs; a set (``[ab]``) counts as any character.

    >>> can_both_match("windows*-64", "*10-64"), can_both_match("windows*", "linux*")
    (True, False)
    """
    return _meet(tuple(PART.findall(one)), tuple(PART.findall(other)))


@lru_cache(maxsize=4096)
def _meet(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    if not one and not other:
        return True
    if one and one[0] == "*":
        return _meet(one[1:], other) or bool(other) and _meet(one, other[1:])
    if other and other[0] == "*":
        return _meet(other, one)
    return bool(one and other) and _is_same(one[0], other[0]) and _meet(one[1:], other[1:])


def _is_same(one: str, other: str) -> bool:
    return one == other or one == "?" or other == "?" or len(one) > 1 or len(other) > 1
