"""The embedded PostgreSQL of a running `seta serve`."""

import os
import signal
import time

from fault_world import LISTS, STATUS, fault, reading, run_seta, serving

from seta.store.embedded import FOR_TESTS, EmbeddedServer


@fault("the embedded PostgreSQL of `seta serve` is killed, twice",
       expected="lists are answered from memory throughout; the service brings the database back "
                "within 30 s, without hands")
def test_an_embedded_database_that_is_killed(open_folder, small_file, lateness, seen):
    home = open_folder() / "home"
    # One web process: once it answers, none is left that has not loaded the lists.
    settings = {"SETA_HOME": str(home), "WEB_CONCURRENCY": "1"}
    with EmbeddedServer(home, options=FOR_TESTS):   # or each command would start one
        run_seta("import", small_file, database="", **settings)
        run_seta("analyze", database="", **settings)
    times = []
    with serving("", **settings) as service:
        service.wait_for(LISTS)
        with reading(service, LISTS) as answers:
            for _ in range(2):
                began = time.monotonic()
                os.kill(server_pid(home), signal.SIGKILL)
                service.wait_for(STATUS, 503)
                service.wait_for(STATUS)
                times.append(time.monotonic() - began)
    assert answers[LISTS].are_good, answers[LISTS].statuses
    assert max(times) < lateness.allows(30)
    seen(f"Twice: good again after {times[0]:.1f} and {times[1]:.1f} s. "
         f"Lists: {answers[LISTS]}.")


def server_pid(home) -> int:
    """The first process of the server whose data is below a folder."""
    return int(next(home.rglob("postmaster.pid")).read_text().split()[0])
