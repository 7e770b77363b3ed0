"""Real programs, as forks of a process that has imported what they need.

Most of what a short program costs is its imports. A program that is started here has its own
process, environment, folder and files, and can be killed, as one that `subprocess` starts; it only
begins after its imports.
"""

import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

from .program import Program

__all__ = ["BUILDBOT", "SETA", "TASKGRAPH", "Preloaded", "Program"]

PARENT = Path(__file__).with_name("parent.py")
ROOT = Path(__file__).parents[2]


class Preloaded:
    """Starts one program by its function `main`, written as module:function.

    `command` is how one starts it otherwise; `modules` are what it imports.
    """

    def __init__(self, main: str, command: Sequence[str], *modules: str):
        self._main, self._command, self._modules = main, [*command], modules
        self._parent: tuple[subprocess.Popen, socket.socket] | None = None
        self._lock = threading.Lock()

    def start(self, *arguments: object, environment: Mapping[str, str], folder: Path = ROOT,
              stdin: int | None = None, is_heard: bool = True, open_files: int | None = None,
              main: str = "", values: Sequence[object] = ()) -> Program:
        """Start it; where it is heard, read its output and log from the program returned.

        `open_files` is how many it may have; another function than its own is called with `values`.
        """
        texts = [str(each) for each in arguments]
        message = {"main": main or self._main, "values": [*values], "folder": str(folder),
                   "arguments": [self._command[-1], *texts], "open_files": open_files,
                   "command": [*self._command, *texts], "environment": dict(environment)}
        (out, its_out), (log, its_log) = os.pipe(), os.pipe()
        told, its_told = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with ExitStack() as its, self._lock:
            for fd in (its_out, its_log):
                its.callback(os.close, fd)
            its.enter_context(its_told)
            nothing = its.enter_context(open(os.devnull, "r+b")).fileno()
            socket.send_fds(self._channel(), [json.dumps(message).encode()], [
                nothing if stdin is None else stdin, its_out if is_heard else nothing,
                its_log if is_heard else nothing, its_told.fileno()])
        return Program(told, open(out), open(log), message["command"])

    def run(self, *arguments: object, timeout: float = 300, **how) -> subprocess.CompletedProcess:
        """Run it to its end, started as `start` says."""
        program = self.start(*arguments, **how)
        output, log = program.communicate(timeout=timeout)
        return subprocess.CompletedProcess(program.args, program.returncode, output, log)

    def _channel(self) -> socket.socket:
        if self._parent is None:
            ours, its = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            with its:
                process = subprocess.Popen(
                    [sys.executable, PARENT, str(its.fileno()), *self._modules],
                    pass_fds=[its.fileno()], stdin=subprocess.DEVNULL, cwd=ROOT,
                    env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)})
            self._parent = process, ours
        return self._parent[1]


SETA = Preloaded("seta.cli:main", ("-m", "seta"), "seta.cli.commands", "seta.wsgi",
                 *(f"seta.cli.{name}" for name in (
                     "analyze", "import_", "ingest", "overrides", "projects", "serve",
                     "snapshots", "web_worker")), "seta.worker.command", "highspy")
TASKGRAPH = Preloaded("taskgraph.main:main", ["taskgraph"], "taskgraph.main", "requests")
BUILDBOT = Preloaded(
    "buildbot.scripts.runner:run", ["buildbot"], "buildbot.master", "buildbot.scripts.runner",
    "buildbot.scripts.start", "buildbot.scripts.sendchange", "twisted.scripts.twistd",
    "buildbot.steps.shell")
