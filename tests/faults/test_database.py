"""The database under a running service: stopped, crashed, out of connections."""

import time
from contextlib import ExitStack

import psycopg2
from fault_world import LISTS, STATUS, Answer, fault, reading
from fault_world.ci import count
from fault_world.pushes import put_pushes, schedules

STATIC = "/static/seta.css"
LIMIT = 5     # seconds within which a route that needs the database says that it cannot


@fault("the database is shut down and started again",
       expected="lists and static files are answered from memory throughout; what needs the "
                "database is answered 503 within 5 s, and good again within 5 s, without hands")
def test_a_database_that_is_stopped(service, postgres, lateness, seen):
    with reading(service, LISTS, STATIC) as answers:
        postgres.stop()
        down = []
        while len(down) < 25:     # for longer than what is published counts as new
            down.append(service.get(STATUS))
            time.sleep(.1)
        postgres.start()
        back = service.wait_for(STATUS)
    for path, found in answers.items():
        assert found.are_good, (path, found.statuses)
    assert {answer.status for answer in down} == {503}
    assert max(answer.seconds for answer in down) < lateness.allows(LIMIT)
    assert back < lateness.allows(LIMIT)
    seen(f"Lists: {answers[LISTS]}. Status: 503 after at most "
         f"{max(answer.seconds for answer in down):.2f} s; good again after {back:.2f} s.")


@fault("the database and all its backends are killed while pushes are scheduled",
       expected="every schedule that was answered is there once it is back, with the same answer, "
                "and once only; lists are answered throughout")
def test_a_database_that_is_killed(service, postgres, seen):
    with reading(service, LISTS) as answers, put_pushes(service, "killed") as puts:
        puts.wait_for(10)
        postgres.kill()
        time.sleep(.5)
        postgres.start()
        back = service.wait_for(STATUS)
        puts.wait_for(10)
    assert answers[LISTS].are_good, answers[LISTS].statuses
    assert schedules(service, puts) == puts.answered
    assert set(puts.statuses) <= {200, 201, 503}, puts.statuses
    assert count(postgres.url("seta_served"),
                 "SELECT count(*) FROM schedules WHERE push_id LIKE 'killed-%'") == puts.sent
    seen(f"{puts.statuses[201]} schedules were answered and {puts.statuses[503]} PUTs refused "
         f"with 503; all answered ones are there. Good again after {back:.2f} s. "
         f"Lists: {answers[LISTS]}.")


@fault("one backend of the database crashes, so that the server restarts all of them",
       expected="requests in flight get 503; nothing that was answered is lost; good again "
                "without hands")
def test_a_backend_that_crashes(service, postgres, seen):
    with reading(service, LISTS) as answers, put_pushes(service, "crashed") as puts:
        for _ in range(3):
            puts.wait_for(5)
            postgres.kill_backend("seta_served")
            postgres.wait_until_it_answers()
        puts.wait_for(5)
    assert answers[LISTS].are_good, answers[LISTS].statuses
    assert set(puts.statuses) <= {200, 201, 503}, puts.statuses
    assert schedules(service, puts) == puts.answered
    seen(f"3 crashes: {puts.statuses[201]} schedules answered and kept, {puts.statuses[503]} PUTs "
         f"refused with 503. Lists: {answers[LISTS]}.")


@fault("other programs take every connection of the database",
       expected="lists are answered throughout; what needs the database is answered, with 503 "
                "where it has no connection, within 5 s; good again once there are free ones")
def test_a_database_without_a_free_connection(service, postgres, lateness, seen):
    refused: list[Answer] = []
    limit = time.monotonic() + 30
    with ExitStack() as taken, reading(service, LISTS) as answers:
        administrator = postgres.connect()
        taken.callback(administrator.close)
        while not is_refused(refused):
            assert time.monotonic() < limit
            take_connections(postgres, taken)
            drop_connections(administrator)       # the service opens new ones, if it is the quicker
            take_connections(postgres, taken)
            refused += [service.get(STATUS) for _ in range(10)]
    back = service.wait_for(STATUS)
    assert answers[LISTS].are_good, answers[LISTS].statuses
    assert {answer.status for answer in refused} <= {200, 503}
    assert max(answer.seconds for answer in refused) < lateness.allows(LIMIT)
    seen(f"Lists: {answers[LISTS]}. Status: 503 after at most "
         f"{max(answer.seconds for answer in refused):.2f} s; good again after {back:.2f} s.")


def is_refused(answers: list[Answer]) -> bool:
    return any(answer.status == 503 for answer in answers)


def take_connections(postgres, taken: ExitStack) -> None:
    """Open connections until there are no more."""
    try:
        while True:
            taken.callback(postgres.connect().close)
    except psycopg2.OperationalError as error:
        assert "clients" in str(error) or "slots" in str(error)


def drop_connections(administrator) -> None:
    """End the connections that the service keeps."""
    with administrator, administrator.cursor() as cursor:
        cursor.execute("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
                       "WHERE datname = 'seta_served'")
