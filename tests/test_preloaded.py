"""What forks from a process that is there already is as good as a program of its own."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from preloaded import Preloaded

PROGRAM = Preloaded("builtins:exec", ["-c"], "json")
TWO_LEVELS = """
from test_preloaded import PROGRAM
print(PROGRAM.start(environment={}, values=["import time; time.sleep(60)"]).pid)
"""


def run(code: str, *arguments: str, environment=None, **how) -> subprocess.CompletedProcess:
    return PROGRAM.run(*arguments, environment=environment or {}, values=[code, {}], **how)


def test_it_has_its_own_arguments_environment_and_folder(tmp_path):
    done = run("import os, sys; print(sys.argv[1:], dict(os.environ), os.getcwd())", "a", "b",
               environment={"NAME": "x"}, folder=tmp_path)
    assert done.stdout == f"['a', 'b'] {{'NAME': 'x'}} {tmp_path}\n"


def test_it_begins_with_what_is_loaded_and_leaves_nothing_behind():
    code = "import sys; print('json' in sys.modules, hasattr(sys, 'was_here')); sys.was_here = 1"
    assert [run(code).stdout for _ in range(2)] == ["True False\n"] * 2


@pytest.mark.parametrize("code, returncode, log", [
    pytest.param("pass", 0, "", id="done"),
    pytest.param("import sys; sys.exit(3)", 3, "", id="exit code"),
    pytest.param("import sys; sys.exit('no')", 1, "no\n", id="message"),
    pytest.param("1 / 0", 1, "ZeroDivisionError: division by zero\n", id="error"),
    pytest.param("import atexit, sys; atexit.register(print, 'late', file=sys.stderr)", 0,
                 "late\n", id="at its end"),
])
def test_it_ends_as_a_program_does(code, returncode, log):
    done = run(code)
    assert done.returncode == returncode and done.stderr.endswith(log)


def test_one_that_is_killed_takes_nobody_with_it():
    waiting, killed = (PROGRAM.start(environment={}, values=["import time; time.sleep(60)"])
                       for _ in range(2))
    with pytest.raises(subprocess.TimeoutExpired):
        killed.wait(.01)
    killed.kill()
    assert killed.wait(60) == -signal.SIGKILL and killed.communicate() == ("", "")
    assert waiting.poll() is None
    waiting.terminate()
    assert waiting.wait(60) == -signal.SIGTERM


def test_it_reads_its_input_and_has_so_many_open_files(tmp_path):
    (tmp_path / "file").write_text("three\nshort\nlines\n")
    with open(tmp_path / "file") as file:
        done = run("import resource, sys; print(len(sys.stdin.readlines()), "
                   "resource.getrlimit(resource.RLIMIT_NOFILE))", stdin=file.fileno(),
                   open_files=50)
    assert done.stdout == "3 (50, 50)\n"


def test_it_ends_with_whoever_started_it():
    pid = int(subprocess.run([sys.executable, "-c", TWO_LEVELS], cwd=Path(__file__).parent,
                             capture_output=True, text=True, check=True).stdout)
    limit = time.monotonic() + 60
    while psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < limit
        time.sleep(.02)
