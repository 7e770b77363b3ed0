"""What SETA says is owed although no push came."""

from dataclasses import dataclass

from .answers import as_object, names


@dataclass(frozen=True)
class Due:
    """Jobs that have waited long enough, the push to run them on, and why."""

    jobs: frozenset[str] = frozenset()
    push_id: str | None = None
    reasons: tuple[str, ...] = ()


def read_due(body: object) -> Due:
    """Check the answer to "what is owed now"; anything doubtful raises ``NoAnswer``.

    >>> read_due({"jobs": ["a"], "push_id": "7", "reasons": ["90 minutes"]}).reasons
    ('90 minutes',)
    """
    answer = as_object(body)
    push_id = answer.get("push_id")
    return Due(
        jobs=frozenset(names(answer, "jobs")),
        push_id=push_id if isinstance(push_id, str) else None,
        reasons=tuple(names(answer, "reasons", default=[])),
    )
