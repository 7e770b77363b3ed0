"""Sessions whose statements are transactions of their own, on connections that others share."""

import pytest
from sqlalchemy import text

from seta.store.engine import GatedPool, make_engine, make_quick_sessions, make_sessions

ADD = text("INSERT INTO alarms (subject, message) VALUES ('quick', 'x')")
COUNT = text("SELECT count(*) FROM alarms")


@pytest.fixture
def both(emptied):
    """Usual and quick sessions that share one connection."""
    engine = make_engine(emptied, poolclass=GatedPool, pool_size=1, max_overflow=0)
    yield make_sessions(engine), make_quick_sessions(engine)
    engine.dispose()


def test_a_statement_stays_whatever_comes_after_it(both):
    _, quick = both
    with pytest.raises(ZeroDivisionError), quick.begin() as session:
        session.execute(ADD)
        raise ZeroDivisionError
    with quick() as session:
        assert session.scalar(COUNT) == 1


def test_the_next_user_of_the_connection_has_a_transaction(both):
    usual, quick = both
    for _ in range(2):
        with quick() as session:
            before = session.scalar(COUNT)
        with pytest.raises(ZeroDivisionError), usual.begin() as session:
            session.execute(ADD)
            raise ZeroDivisionError
        with usual() as session:
            assert session.scalar(COUNT) == before == 0
