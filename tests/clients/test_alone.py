"""The folder of the clients, copied alone into a program that has nothing else of SETA."""

import shutil
import subprocess
import sys
from pathlib import Path

from seta import clients

FOLDER = Path(clients.__file__).parent
PROGRAM = """
import sys

sys.modules["seta"] = None  # an import of it fails
import own.clients.buildbot
import own.clients.taskgraph.strategies
import own.clients.taskgraph.transforms
from own.clients.http import schedule

print(schedule("autoland", "7", "ab", 1580515200, url="http://127.0.0.1:9", deadline=1).kind)
"""


def test_the_folder_can_be_copied_alone(tmp_path):
    shutil.copytree(FOLDER, tmp_path / "own" / "clients")
    done = subprocess.run([sys.executable, "-c", PROGRAM], cwd=tmp_path, text=True,
                          capture_output=True, timeout=300)
    assert (done.returncode, done.stdout) == (0, "full\n"), done.stderr


def test_the_plain_client_needs_requests_and_nothing_else():
    """What `pip install seta` brings: neither taskgraph nor Buildbot nor the server's parts."""
    done = subprocess.run(
        [sys.executable, "-c", "import sys, seta.clients.http; print(*sys.modules)"],
        text=True, capture_output=True, timeout=300)
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert "requests" in loaded
    assert not loaded & {"buildbot", "flask", "sqlalchemy", "taskgraph", "treq", "twisted"}
