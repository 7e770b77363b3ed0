"""A disk that is full under the database: a small tmpfs, which takes root to mount."""

import os
import shutil
import subprocess

import pytest
from fault_world import LISTS, STATUS, Postgres, fault, reading, run_seta, serving
from fault_world.ci import records, stored, write
from faults.conftest import FILLED

SIZE = 160       # MB
LEFT = 2         # MB that are left when the disk is "full"


@pytest.fixture
def small_disk(open_folder):
    """A file system of its own, which is gone afterwards."""
    folder = open_folder() / "disk"
    folder.mkdir()
    mounted = os.geteuid() == 0 and subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={SIZE}m,mode=755", "tmpfs", folder],
        capture_output=True).returncode == 0
    if not mounted:
        pytest.skip("a tmpfs cannot be mounted here (it takes root)")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


@pytest.fixture
def server_on_it(small_disk, stopped_server):
    server = Postgres(small_disk, like=stopped_server).start()
    yield server
    server.kill()


@fault("the disk of the database is full during an import (a tmpfs of 160 MB)",
       expected="the import ends with one sentence and is recorded or stopped; lists are answered; "
                "with room again, the same import gives what an undisturbed one gives")
def test_a_disk_that_is_full(server_on_it, small_disk, postgres, tmp_path, seen):
    server, undisturbed = server_on_it, postgres.database("seta_undisturbed", FILLED)
    url = server.url(FILLED)
    file = write(tmp_path / "more.ndjson", records(300, first=1000))
    run_seta("import", file, database=undisturbed)

    ballast = small_disk / "ballast"
    with serving(url) as service, reading(service, LISTS) as answers:
        fill(ballast, shutil.disk_usage(small_disk).free - LEFT * 1024 * 1024)
        failed = run_seta("import", file, database=url, fails=True)
        ballast.unlink()
        was_stopped = not server.is_running
        if was_stopped:
            server.start()
        back = service.wait_for(STATUS)
        run_seta("import", file, database=url)
    assert not failed.has_traceback, failed.log
    assert answers[LISTS].are_good, answers[LISTS].statuses
    assert stored(url) == stored(undisturbed)
    ended = "the database had stopped, and was started again" if was_stopped else (
        "the database went on")
    seen(f"\"{sentence_of(failed.log)}\"; {ended}. Lists: {answers[LISTS]}. Good again after "
         f"{back:.1f} s.")


def fill(path, size: int) -> None:
    with open(path, "wb") as ballast:
        os.posix_fallocate(ballast.fileno(), 0, size)


def sentence_of(log: str) -> str:
    """The last thing that a command says."""
    return [line for line in log.splitlines() if line.startswith("seta: ")][-1][:160]
