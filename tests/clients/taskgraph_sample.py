"""The sample project of the taskgraph how-to."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from preloaded import TASKGRAPH

HOW_TO = Path(__file__).parents[2] / "docs" / "how-to-taskgraph.md"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BLOCKS = BLOCK.findall(HOW_TO.read_text(encoding="utf-8"))
ADDRESS = "http://127.0.0.1:8000"   # of the how-to's SETA


class Sample:
    """The how-to's project in a folder of its own, and the taskgraph of this environment."""

    def __init__(self, folder, url):
        self.folder, self.url = folder, url
        self.environment = {
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "HOME": str(folder),
            "PYTHONPATH": str(HOW_TO.parents[1]),  # this SETA, not another that is installed
            "GIT_CONFIG_NOSYSTEM": "1", "SETA_URL": url,
            **{f"GIT_{who}_{what}": value for who in ("AUTHOR", "COMMITTER")
               for what, value in (("NAME", "Somebody"), ("EMAIL", "somebody@example.org"))},
        }

    def make(self):
        """Make the project as the how-to says, with all its configuration, and commit it."""
        start = next(text for language, text in BLOCKS if language == "bash")
        assert self.run(start, folder=self.folder).returncode == 0
        for language, text in BLOCKS:
            if language == "yaml":
                self.write(text)
        assert self.run("git add . && git commit --quiet --message x").returncode == 0
        return self

    def copy_from(self, made):
        """Take over a project that was made with another address."""
        shutil.copytree(made / "sample", self.folder / "sample")
        self.set("taskcluster/config.yml", ADDRESS, self.url)
        return self

    def run(self, script, folder=None, **environment):
        return subprocess.run(
            ["bash", "-euc", script], cwd=folder or self.folder / "sample", text=True,
            env={**self.environment, **environment}, capture_output=True, timeout=300)

    def write(self, text):
        """Write a block of the how-to to the file that its first line names."""
        path = self.folder / "sample" / text.partition("\n")[0].removeprefix("# ")
        path.write_text(text.replace(ADDRESS, self.url), encoding="utf-8")

    def set(self, file, old, new):
        path = self.folder / "sample" / file
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new))

    def optimized(self, params="", **environment):
        """Return the labels that are left, and the log, with lines of parameters changed."""
        for line in params.splitlines():
            name = line.partition(":")[0]
            path = self.folder / "sample" / "params.yml"
            path.write_text(re.sub(rf"(?m)^{name}:.*$", line, path.read_text()))
        arguments = ["optimized", "--parameters", "params.yml", "--labels"]
        done = TASKGRAPH.run(*arguments, values=[arguments], folder=self.folder / "sample",
                             environment={**self.environment, **environment})
        assert done.returncode == 0, done.stderr
        return done.stdout.split(), done.stderr
