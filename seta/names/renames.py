"""Read job types under the names that they have now."""

import re
from collections.abc import Collection, Iterable
from datetime import datetime
from functools import lru_cache
from itertools import combinations

from ..domain import JobType, Pattern, Rename
from ..domain.patterns import WITH_CHUNK
from ..errors import BadInput

PART = re.compile(r"\[[^\]]*\]|.")


def apply_renames(
    job_type: JobType, renames: Iterable[Rename], at: datetime | None = None
) -> JobType:
    """Return what a job type is called now, through chains of renames in any order.

    With ``at`` only those that had taken place by then count. What has no rename stays. Raises
    BadInput where the renames go round in a circle, which `check_renames` refuses beforehand.
    """
    known = sorted((rename for rename in renames if at is None or rename.since <= at),
                   key=lambda rename: (rename.since, rename.old))
    seen = [job_type]
    while (renamed := _first_change(seen[-1], known)) != seen[-1]:
        if renamed in seen:
            raise BadInput(f"renames of {job_type} go round in a circle: "
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
    """Raise BadInput if some job type could be renamed in a circle; all times count as one.

    Every rename sets words to fixed values, so that a circle needs two of them that lead to each
    other and set one word differently. Patterns are held to meet unless they plainly cannot.
    """
    listed = list(renames)
    followers = [
        {at for at, after in enumerate(listed) if _can_follow(rename, after)} for rename in listed
    ]
    reached = [_reachable(at, followers) for at in range(len(listed))]
    for one, other in combinations(range(len(listed)), 2):
        if other in reached[one] and one in reached[other] and _differ(listed[one], listed[other]):
            raise BadInput(
                f"these renames go round in a circle: {listed[one]}; {listed[other]}"
            )


def _reachable(start: int, followers: list[set[int]]) -> set[int]:
    reached, to_visit = set(), [start]
    while to_visit:
        new = followers[to_visit.pop()] - reached
        reached |= new
        to_visit.extend(new)
    return reached


def _differ(one: Rename, other: Rename) -> bool:
    return any(other.new.given.get(field, word) != word for field, word in one.new.given.items())


def _can_follow(first: Rename, after: Rename) -> bool:
    """Say whether what the first renames can be renamed by the second."""
    return all(
        can_both_match(result, old)
        for result, old in zip(_globs(first.old, first.new.given), _globs(after.old, {}))
    )


def _globs(old: Pattern, given: dict[str, str | int]) -> tuple[str, str, str]:
    return (
        given.get("platform", old.platform),
        given.get("build_type", old.build_type),
        given.get("test_suite", _without_chunk(old.test_suite)),
    )


def _without_chunk(glob: str) -> str:
    """Cut the chunk off a glob; the slices of one suite are held to meet."""
    return glob.rpartition("-")[0] if WITH_CHUNK.fullmatch(glob) else glob


def can_both_match(one: str, other: str) -> bool:
    """Say whether some text matches both globs; a set (``[ab]``) is taken as any character.

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
