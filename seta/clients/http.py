"""Ask SETA from any program what to run on a push, or which jobs are of low value.

Whatever goes wrong, the answer is "run everything", with the reason in one warning line;
nothing here raises. Answers are cached as long as the process runs, so that one decision asks once.

>>> schedule("autoland", "", "9fa614d8310d", 1580515200, url="http://localhost").failure
'the push has no id, so nothing is skipped on it'
"""

import logging
from collections.abc import Callable, Collection
from datetime import UTC, datetime
from functools import lru_cache
from typing import TypeVar

from .answers import NoAnswer, Schedule, everything, read_low_value, read_schedule
from .exchange import DEADLINE, MAX_BYTES, one_line
from .fetch import ask
from .questions import Question, low_value_question, schedule_question

logger = logging.getLogger(__name__)

Answer = TypeVar("Answer")


def schedule(
    project: str, push_id: str | int, revision: str, pushed_at: datetime | int | float, *,
    url: str | None = None, build_system: str = "taskcluster", token: str | None = None,
    preview: bool = False, jobs: Collection[str] = (), deadline: float = DEADLINE,
    max_bytes: int = MAX_BYTES,
) -> Schedule:
    """Return what to run on this push, recording it with SETA unless it is a preview.

    ``pushed_at`` is an aware datetime, or seconds since 1970. ``url`` and ``token`` default to
    ``SETA_URL`` and ``SETA_TOKEN`` in the environment. ``jobs`` are the names of all that could
    run: an answer by which none of them would is not trusted. Where SETA cannot say, the
    schedule is full and its ``failure`` says why.
    """
    return fail_open(
        lambda: fetch_schedule(
            schedule_question(project, push_id, revision, pushed_at, url=url,
                              build_system=build_system, token=token, preview=preview),
            deadline=deadline, max_bytes=max_bytes,
        ).checked_for(jobs),
        everything, f"push {push_id} of {project}",
    )


def low_value(
    project: str, build_system: str, *, url: str | None = None,
    jobs: Collection[str] = (), deadline: float = DEADLINE, max_bytes: int = MAX_BYTES,
) -> frozenset[str]:
    """Return the names of low value, from the legacy API; none when SETA cannot say.

    It is the same for every push: a client that skips by it must still run all of it now and then.
    ``jobs`` are the names of all that could run: a list of all of them is not trusted.
    """
    return fail_open(
        lambda: fetch_low_value(
            low_value_question(project, build_system, url=url),
            jobs=jobs, deadline=deadline, max_bytes=max_bytes,
        ),
        lambda reason: frozenset(), project,
    )


def fail_open(
    ask_seta: Callable[[], Answer], fallback: Callable[[str], Answer], about: str,
) -> Answer:
    """Return the answer, or the fallback that means "run everything", with one warning line.

    No scheduler may fail because of SETA, so here, and only here, every error is caught.
    """
    try:
        return ask_seta()
    except Exception as error:
        reason = one_line(error)
        logger.warning("everything runs on %s, since SETA gave no answer: %s", about, reason)
        return fallback(reason)


def fetch_schedule(
    question: Question, *, deadline: float = DEADLINE, max_bytes: int = MAX_BYTES,
) -> Schedule:
    answer = cached_answer(question, deadline, max_bytes)
    return read_schedule(answer, now=datetime.now(UTC))


def fetch_low_value(
    question: Question, *, jobs: Collection[str] = (), deadline: float = DEADLINE,
    max_bytes: int = MAX_BYTES,
) -> frozenset[str]:
    return read_low_value(cached_answer(question, deadline, max_bytes), jobs=jobs)


def cached_answer(question: Question, deadline: float, max_bytes: int) -> object:
    answer = cached_outcome(question, deadline, max_bytes)
    if isinstance(answer, NoAnswer):
        raise answer
    return answer


@lru_cache(maxsize=64)
def cached_outcome(question: Question, deadline: float, max_bytes: int) -> object:
    """Return the answer or the failure; a failure is cached too, or each task would wait for it.

    ``cached_outcome.cache_clear()`` forgets them all.
    """
    try:
        return ask(question, seconds=deadline, max_bytes=max_bytes)
    except NoAnswer as failure:
        return failure
