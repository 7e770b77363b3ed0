"""Renames that would go round in a circle are refused before they are stored."""

from collections.abc import Collection
from itertools import combinations

from seta.errors import BadInput

from .globs import can_both_match
from .patterns import WITH_CHUNK, Pattern
from .renames import Rename


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
