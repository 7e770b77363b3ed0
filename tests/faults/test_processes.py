"""Programs of SETA that are killed while others work on."""

import random
import socket
import time
from collections import Counter

import psutil
from fault_world import LISTS, fault, reading, start_seta
from fault_world.ci import count, settings_for
from fault_world.kills import REPEATS
from fault_world.pushes import put_pushes, schedules

KILLS = 4


@fault("web processes are killed while pushes are scheduled",
       expected="every schedule that was answered is there, with the same answer, and once only; "
                "only requests in flight have no answer; a new process takes over")
def test_web_processes_that_are_killed(service, postgres, seen):
    chance, database_port = random.Random(5), postgres.port
    with reading(service, LISTS) as answers, put_pushes(service, "web") as puts:
        for _ in range(KILLS * REPEATS):
            time.sleep(chance.uniform(0, .3))
            chance.choice(service.web_processes()).kill()
            puts.wait_for(3)
        service.wait_until_all_have_loaded(database_port)
    assert schedules(service, puts) == puts.answered
    assert set(puts.statuses) <= {200, 201, 0}, puts.statuses
    assert set(answers[LISTS].statuses) <= {200, 0}, answers[LISTS].statuses
    assert len(answers[LISTS].bodies) == 1
    stored = count(postgres.url("seta_served"),
                   "SELECT count(*) FROM schedules WHERE push_id LIKE 'web-%'")
    assert stored == puts.sent
    seen(f"{KILLS * REPEATS} kills: {len(puts.answered)} schedules answered and kept; without an "
         f"answer were {puts.statuses[0]} PUTs and {answers[LISTS].statuses[0]} of "
         f"{answers[LISTS].total} lists.")


@fault("the active worker is killed in the middle of an ingest, while another one waits",
       expected="the other one takes over within 10 s and marks the run as stopped")
def test_a_worker_that_is_killed(new_database, lateness, seen):
    url = new_database("autoland")
    with socket.create_server(("127.0.0.1", 0)) as silent:   # takes questions, answers none
        settings = settings_for(f"http://127.0.0.1:{silent.getsockname()[1]}")
        workers = [start_seta("worker", database=url, **settings) for _ in range(2)]
        try:
            wait_until(lambda: runs(url)["running"] == 1)
            (active,) = [worker for worker in workers if asks(worker, silent.getsockname()[1])]
            began = time.monotonic()
            active.kill()
            wait_until(lambda: runs(url) == {"stopped": 1, "running": 1})
            seconds = time.monotonic() - began
        finally:
            for worker in workers:
                worker.kill()
                worker.communicate()
    assert seconds < lateness.allows(10)
    seen(f"The other one was active, and the run marked as stopped, after {seconds:.1f} s.")


def runs(url: str) -> Counter:
    return Counter({status: found for status in ("running", "stopped", "done", "failed")
                    if (found := count(url, f"SELECT count(*) FROM runs WHERE status = "
                                            f"'{status}' AND task = 'ingest'"))})


def asks(worker, port: int) -> bool:
    return any(each.raddr and each.raddr.port == port
               for each in psutil.Process(worker.pid).net_connections())


def wait_until(is_so, seconds: float = 60) -> None:
    limit = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < limit
        time.sleep(.02)
