"""The process that has imported what programs need, and becomes each of them by a fork.

    python parent.py FD MODULE...

For each program it takes a message from the socket FD: what to run, as JSON, with four file
descriptors: standard input, output and error, and a socket that is told the program's pid and,
when it has ended, its exit status. It ends, and its programs with it, when FD is closed.
"""

import gc
import importlib
import json
import os
import resource
import selectors
import signal
import socket
import sys

MAX_MESSAGE = 1 << 16


class Parent:
    """Forks; in the child `next_program` returns, so that it ends as any other program does."""

    def __init__(self, channel: socket.socket):
        self._channel = channel
        self._told: dict[int, socket.socket] = {}   # by pid of each program
        self._ended, wakes = socket.socketpair()
        self._ended.setblocking(False)
        wakes.setblocking(False)
        self._wakes = wakes
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(wakes.fileno())

    def next_program(self) -> dict | None:
        with selectors.DefaultSelector() as selector:
            for each in (self._channel, self._ended):
                selector.register(each, selectors.EVENT_READ)
            while True:
                ready = {key.fileobj for key, _ in selector.select()}
                if self._ended in ready:
                    self._ended.recv(1000)
                    self._reap()
                if self._channel in ready:
                    message, fds, _, _ = socket.recv_fds(self._channel, MAX_MESSAGE, 4)
                    if not message:
                        return self._end()
                    if self._fork(fds) == 0:
                        break
        return self._become(json.loads(message), fds)

    def _fork(self, fds: list[int]) -> int:
        pid = os.fork()
        if pid:
            self._told[pid] = socket.socket(fileno=fds[3])
            self._told[pid].send(b"%d" % pid)
            for fd in fds[:3]:
                os.close(fd)
        return pid

    def _become(self, program: dict, fds: list[int]) -> dict:
        """Take over the program's files, folder and environment, and nothing of the parent's."""
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.close(fds[3])
        for each in (self._channel, self._ended, self._wakes, *self._told.values()):
            each.close()
        for number, fd in enumerate(fds[:3]):
            os.dup2(fd, number)
            os.close(fd)
        sys.stdin, sys.stdout = open(0, closefd=False), open(1, "w", closefd=False)
        sys.stderr = open(2, "w", buffering=1, errors="backslashreplace", closefd=False)
        if program["open_files"]:
            resource.setrlimit(resource.RLIMIT_NOFILE, (program["open_files"],) * 2)
        os.chdir(program["folder"])
        os.environ.clear()
        os.environ.update(program["environment"])
        sys.argv = program["arguments"]
        sys.orig_argv = [sys.executable, *program["command"]]
        return program

    def _reap(self) -> None:
        while self._told:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            with self._told.pop(pid) as told:
                try:
                    told.send(b"%d" % os.waitstatus_to_exitcode(status))
                except OSError:
                    pass    # nobody wants to know any more

    def _end(self) -> None:
        for pid in self._told:
            os.kill(pid, signal.SIGKILL)


def renew_reactor() -> None:
    """Give Twisted's reactor an epoll object and a pipe of its own, as after an import."""
    if "twisted.internet.reactor" in sys.modules:
        reactor = sys.modules["twisted.internet.reactor"]
        type(reactor).__init__(reactor)


def main() -> None:
    del sys.path[0]    # this folder
    for module in sys.argv[2:]:
        importlib.import_module(module)
    gc.collect()
    gc.freeze()    # what is there stays, and need not be looked at, nor copied, in each program
    program = Parent(socket.socket(fileno=int(sys.argv[1]))).next_program()
    if program:
        renew_reactor()
        module, _, function = program["main"].partition(":")
        sys.exit(getattr(importlib.import_module(module), function)(*program["values"]))


if __name__ == "__main__":
    main()
