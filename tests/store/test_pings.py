"""A connection of the pool is asked whether it is alive, unless it answered just now."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from seta.store.engine import ALIVE_FOR, make_engine

ONE = text("SELECT 1")


@pytest.fixture
def dead(emptied):
    """Return a function that leaves a dead connection in a pool, as if it had answered so long ago.

    The pool is returned, as its engine.
    """
    engine = make_engine(emptied, pool_size=1, max_overflow=0)
    other = make_engine(emptied)

    def leave(*, seconds_ago):
        with engine.connect() as connection:
            driver = connection.connection.dbapi_connection
            number = connection.scalar(text("SELECT pg_backend_pid()"))
        with other.connect() as connection:
            connection.execute(text("SELECT pg_terminate_backend(:number, 5000)"),
                               {"number": number})
        driver.answered_at -= seconds_ago
        return engine
    yield leave
    engine.dispose()
    other.dispose()


def test_an_idle_connection_that_died_is_replaced_unnoticed(dead):
    with dead(seconds_ago=2 * ALIVE_FOR).connect() as connection:
        assert connection.scalar(ONE) == 1


def test_one_that_answered_just_now_fails_once(dead):
    engine = dead(seconds_ago=-60)
    with pytest.raises(OperationalError), engine.connect() as connection:
        connection.scalar(ONE)
    with engine.connect() as connection:
        assert connection.scalar(ONE) == 1
