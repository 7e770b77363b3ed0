"""How much a client may still write."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from seta.store.engine import make_engine, make_sessions
from seta.store.operation.write_limits import forget_idle_clients, take_write

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def take(session, client="a", at=NOON, per_minute=2):
    return take_write(session, client, per_minute=per_minute, now=at)


def test_writes_come_back_evenly_and_each_client_has_its_own(session):
    assert [take(session) for _ in range(4)] == [0, 0, 30, 30]
    assert take(session, "b") == 0
    assert [take(session, at=NOON + 30 * SECOND) for _ in range(2)] == [0, 30]
    assert take(session, at=NOON + 45 * SECOND) == 15
    assert [take(session, at=NOON + 600 * SECOND) for _ in range(3)] == [0, 0, 30]


def test_a_clock_that_is_behind_gives_nothing(session):
    """Hosts do not agree on the second."""
    assert [take(session, at=NOON - SECOND * number) for number in (0, 5, 10, 5)] == [0, 0, 30, 30]
    assert round(take(session, at=NOON + 20 * SECOND), 6) == 10


def test_of_many_at_once_as_many_are_let_in_as_may_be(emptied):
    engine = make_engine(emptied, pool_size=8)
    sessions = make_sessions(engine)

    def write(_):
        with sessions.begin() as session:
            return take(session, per_minute=10)

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(write, range(40))).count(0) == 10
    engine.dispose()


def test_clients_that_have_been_idle_are_forgotten(session):
    take(session, "old")
    take(session, "new", at=NOON + timedelta(hours=1))
    assert forget_idle_clients(session, now=NOON + timedelta(hours=1, seconds=1)) == 1
    assert [take(session, "new", at=NOON + timedelta(hours=1)) for _ in range(2)] == [0, 30]
