"""A Buildbot master for tests, made as the how-to says."""

import http.client
import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from contextlib import suppress
from pathlib import Path

from preloaded import BUILDBOT

HOW_TO = Path(__file__).parents[2] / "docs" / "how-to-buildbot.md"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BLOCKS = BLOCK.findall(HOW_TO.read_text(encoding="utf-8"))
CONFIG = next(text for _, text in BLOCKS if "BuildmasterConfig" in text)
PATIENCE = 300  # seconds; a busy machine may take long for what else takes one
STATES = {0: "success", 2: "failure", 3: "replaced"}


class Master:
    """A master in a folder of its own.

    `run` runs the how-to's commands as they are; `check_config`, `start`, `stop` and `reconfigure`
    do what these do, without loading Buildbot each time.
    """

    def __init__(self, folder, ports, seta_url):
        self.folder, self.ports, self.seta_url = folder, ports, seta_url
        self._program = None
        self._builders, self._digits = {}, {}   # by id, as they were when it was asked
        self.environment = {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
                            "HOME": str(folder), "SETA_TOKEN": "token-of-the-test",
                            "START_TIMEOUT": str(PATIENCE),  # of `buildbot start`
                            "PYTHONPATH": str(HOW_TO.parents[1])}  # this SETA, not another

    def adapted(self, text):
        for old, new in (("127.0.0.1:8000", self.seta_url.removeprefix("http://")),
                         ("127.0.0.1:9989", f"127.0.0.1:{self.ports[0]}"),
                         ("tcp:9989", f"tcp:{self.ports[0]}"),
                         ("127.0.0.1:8010", f"127.0.0.1:{self.ports[1]}"),
                         ("tcp:8010", f"tcp:{self.ports[1]}")):
            text = text.replace(old, new)
        return text

    def run(self, script):
        done = subprocess.run(["bash", "-euc", self.adapted(script)], cwd=self.folder, text=True,
                              env=self.environment, capture_output=True, timeout=2 * PATIENCE)
        assert done.returncode == 0, done.stdout + done.stderr + self.log()[-9000:]
        return done.stdout

    def preload(self, serve):
        """Let the command of the name `buildbot`, in what `run` runs, not load Buildbot each time.

        It hands its folder and arguments to us, and prints and exits as what we start for it.
        """
        environment = dict(self.environment)

        def answer(request):
            folder, *arguments = request.body.decode().splitlines()
            done = BUILDBOT.run(*arguments, folder=Path(folder), environment=environment)
            return serve.answer(500 if done.returncode else 200,
                                (done.stdout + done.stderr).encode())

        programs = self.folder / "bin"
        programs.mkdir()
        command = programs / "buildbot"
        command.write_text(
            "#!/bin/sh\nprintf '%s\\n' \"$PWD\" \"$@\" | curl --silent --show-error"
            f" --fail-with-body --data-binary @- {serve(answer).url}\n")
        command.chmod(0o755)
        self.environment["PATH"] = f"{programs}:{environment['PATH']}"

    def write(self, text, *changes):
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        path = self.folder / text.partition("\n")[0].removeprefix("# ")
        path.write_text(self.adapted(text), encoding="utf-8")

    def configure(self, *changes):
        """Write the how-to's configuration, quickened, with these changes."""
        self.write(CONFIG, ('branch="main"', 'branch="main", ask_every=0.3, deadline=60'),
                   ("SetaReporter(", "SetaReporter(send_every=0.3, "),
                   ("{SECONDS[name]}", "0.1"), *changes)

    def check_config(self):
        checked = BUILDBOT.run("checkconfig", "sample", folder=self.folder,
                               environment=self.environment)
        assert checked.returncode == 0, checked.stdout + checked.stderr

    def start(self):
        before = len(self.log())
        self._program = BUILDBOT.start("start", "--nodaemon", "sample", folder=self.folder,
                                       environment=self.environment, is_heard=False)
        self._wait_for("BuildMaster is running", before)

    def stop(self):
        self._program.terminate()
        self._program.wait(PATIENCE)

    def reconfigure(self):
        before = len(self.log())
        self._program.send_signal(signal.SIGHUP)
        self._wait_for("configuration update complete", before)

    def _wait_for(self, words, before):
        """Wait until the log says it, after so many characters."""
        end = time.monotonic() + PATIENCE
        while words not in self.log()[before:]:
            assert self._program.poll() is None and time.monotonic() < end, self.log()[-9000:]
            time.sleep(0.02)

    def kill(self):
        """End the process, if there is one, however the test ended."""
        if self._program is not None:
            self._program.kill()
        with suppress(FileNotFoundError, ProcessLookupError):
            os.kill(int((self.folder / "sample/twistd.pid").read_text()), signal.SIGKILL)

    def log(self):
        path = self.folder / "sample" / "twistd.log"
        return path.read_text() if path.exists() else ""

    def change(self, digit):
        """Send a change whose revision is this digit forty times."""
        sent = BUILDBOT.run(
            "sendchange", "--master", f"127.0.0.1:{self.ports[0]}", "--auth", "change:secret",
            "--who", "you", "--branch", "main", "--revision", digit * 40, "src/main.c",
            folder=self.folder, environment=self.environment)
        assert sent.returncode == 0, sent.stdout + sent.stderr + self.log()[-9000:]

    def api(self, path, method=None, **params):
        """Ask the master's own API. On a busy machine it now and then cuts an answer short."""
        for _ in range(3 if method is None else 0):
            try:
                return self._ask_api(path, method, params)
            except http.client.IncompleteRead:
                pass
        return self._ask_api(path, method, params)

    def _ask_api(self, path, method, params):
        data = method and json.dumps(
            {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode()
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.ports[1]}/api/v2/{path}", data,
            {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return json.load(answer)

    def requests(self):
        """Return the state of each build request: ``["docs 1 success", "docs 2 waits"]``."""
        requests = self.api("buildrequests")["buildrequests"]
        if not {each["builderid"] for each in requests} <= set(self._builders):
            self._builders = {
                each["builderid"]: each["name"] for each in self.api("builders")["builders"]}
        if not {each["buildsetid"] for each in requests} <= set(self._digits):
            self._digits = {each["bsid"]: each["sourcestamps"][0]["revision"][0]
                            for each in self.api("buildsets")["buildsets"]}
        return sorted(f"{self._builders[each['builderid']]} {self._digits[each['buildsetid']]} "
                      f"{state(each)}" for each in requests)


def state(request):
    if request["complete"]:
        return STATES[request["results"]]
    return "runs" if request["claimed"] else "waits"
