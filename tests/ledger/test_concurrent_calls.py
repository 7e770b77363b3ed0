"""R17: many processes ask at once, on connections of their own; the database keeps the count."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from ci_world.fixtures import schedule_push
from sqlalchemy import func, select

from seta.ledger import RequestedPush
from seta.store import schema
from seta.store.engine import make_engine, make_sessions

pytestmark = pytest.mark.slow

THREADS = 50


@pytest.fixture
def many(emptied):
    """Sessions of a database of the test's own, with as many connections as are asked for."""
    engine = make_engine(emptied, pool_size=THREADS, max_overflow=0)
    yield make_sessions(engine)
    engine.dispose()


@pytest.fixture
def world(many, make_ci):
    with many.begin() as session:
        return make_ci(session)


def ask(many, world, number):
    push = RequestedPush(str(number), f"{number:040x}", world.at(number), "taskcluster")
    with many.begin() as session:
        return schedule_push(session, world.project, push, world.published, now=push.pushed_at,
                             never_ran_after=timedelta(hours=12))


def rows(many):
    with many() as session:
        return session.scalar(select(func.count()).select_from(schema.Schedule))


def test_fifty_identical_calls_leave_one_row_and_get_the_same_bytes(many, world):
    with ThreadPoolExecutor(THREADS) as pool:
        answers = list(pool.map(lambda _: ask(many, world, 1), range(THREADS)))
    assert len({answer.packed for answer in answers}) == 1
    assert sum(answer.is_new for answer in answers) == 1
    assert rows(many) == 1


def test_fifty_threads_and_twenty_pushes_keep_the_cadence(many, world):
    """Each push is asked for by all threads at once, and the next one after it."""
    with ThreadPoolExecutor(THREADS) as pool:
        for number in range(20):
            answers = list(pool.map(lambda _: ask(many, world, number), range(THREADS)))
            assert len({answer.packed for answer in answers}) == 1
            assert sum(answer.is_new for answer in answers) == 1
    with many() as session:
        ran = session.execute(select(
            schema.Schedule.ran_priority_2, schema.Schedule.ran_priority_3)
            .order_by(schema.Schedule.id)).all()
    assert [at for at, (second, _) in enumerate(ran) if second] == [0, 5, 10, 15]
    assert [at for at, (_, third) in enumerate(ran) if third] == [0, 10]


def test_twenty_pushes_in_any_order_leave_one_row_each(many, world):
    """All at once: a late push gets a full schedule and does not count toward any interval."""
    calls = [number for number in range(20) for _ in range(THREADS // 10)]
    with ThreadPoolExecutor(THREADS) as pool:
        answers = list(pool.map(lambda number: (number, ask(many, world, number)), calls))
    by_push = {}
    for number, answer in answers:
        by_push.setdefault(number, set()).add(answer.packed)
    assert all(len(bodies) == 1 for bodies in by_push.values())
    assert rows(many) == 20


def test_two_ledgers_do_not_wait_for_each_other(many, make_ci):
    with many.begin() as session:
        one, two = make_ci(session), make_ci(session, "mozilla-inbound")
    with many.begin() as holding:
        push = RequestedPush("1", "a" * 40, one.at(0), "taskcluster")
        schedule_push(holding, one.project, push, one.published, now=one.now,
                      never_ran_after=timedelta(hours=12))
        assert ask(many, two, 1).is_new  # while the other ledger's lock is held


def test_an_answer_survives_a_restart(emptied, make_ci):
    first, second = make_engine(emptied), make_engine(emptied)
    with make_sessions(first).begin() as session:
        world = make_ci(session)
    before = ask(make_sessions(first), world, 1)
    first.dispose()
    after = ask(make_sessions(second), world, 1)
    second.dispose()
    assert (after.packed, after.is_new) == (before.packed, False)
