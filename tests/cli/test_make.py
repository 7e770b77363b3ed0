"""`make run` in a fresh clone, with a Python that only notes what it is asked to do."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NOTES = """#!{python}
import pathlib, subprocess, sys, time
words, log = sys.argv[1:], {log!r}
if words[0].endswith("one_at_a_time.py"):
    sys.exit(subprocess.call([{python!r}, *words]))
def note(text):
    with open(log, "a") as handle:
        handle.write(text + "\\n")
what = "venv" if words[:2] == ["-m", "venv"] else "pip"
note("begin " + what)
time.sleep(0.5)
if what == "venv":
    programs = pathlib.Path(words[-1]) / "bin"
    programs.mkdir(parents=True, exist_ok=True)
    for name, text in (("python", pathlib.Path(__file__).read_text()), ("seta", "#!/bin/sh\\n")):
        (programs / name).unlink(missing_ok=True)
        (programs / name).write_text(text)
        (programs / name).chmod(0o755)
note("end " + what)
"""


@pytest.fixture
def clone(tmp_path):
    for name in ("Makefile", "setup.py", "requirements.txt", "tests/constraints.txt",
                 ".ci/one_at_a_time.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    python = tmp_path / "python-that-notes"
    python.write_text(NOTES.format(python=sys.executable, log=str(tmp_path / "log")))
    python.chmod(0o755)
    return tmp_path


def make_run(clone: Path) -> subprocess.Popen[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    return subprocess.Popen(["make", "run", f"PYTHON={clone / 'python-that-notes'}"], cwd=clone,
                            env=kept, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def test_two_at_once_set_the_clone_up_one_after_the_other(clone):
    both = [make_run(clone), make_run(clone)]
    outputs = [each.communicate(timeout=120)[0] for each in both]
    assert [each.returncode for each in both] == [0, 0], outputs
    assert sum("another make is setting up this clone" in each for each in outputs) == 1
    steps = (clone / "log").read_text().splitlines()
    assert steps.count("begin venv") == 1
    assert all(after == before.replace("begin", "end")
               for before, after in zip(steps[::2], steps[1::2], strict=True))


def test_an_environment_that_was_half_made_is_made_anew(clone):
    (clone / ".venv/bin").mkdir(parents=True)
    # Killed before it had pip. A script: a link would lead out of here, to a real Python.
    half = clone / ".venv/bin/python"
    half.write_text("#!/bin/sh\necho No module named pip >&2\nexit 1\n")
    half.chmod(0o755)
    run = make_run(clone)
    output = run.communicate(timeout=120)[0]
    assert run.returncode == 0, output
    assert "begin venv" in (clone / "log").read_text()
