"""The processes of one data folder: which are alive, and how to see the last of them.

PostgreSQL's own file ``postmaster.pid`` outlives a crash. The id in it may then belong to an
unrelated program, so nothing here trusts it without looking at the process.
"""

import logging
import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

logger = logging.getLogger(__name__)

PROC = Path("/proc")
# Larger than any system's: PostgreSQL sees that it is gone, and still checks the shared memory
# that the same file names.
NOBODYS_PID = 2_147_483_646
EVERY = 0.05  # seconds


def running_postmaster(data: Path) -> int | None:
    """Return the id of the data folder's living server, None where it has none."""
    pid = _noted_pid(data)
    return pid if pid is not None and _belongs_to(pid, data) else None


def postmaster_state(data: Path) -> str:
    """Return what a running server says of itself: starting, ready or stopping; "" unknown."""
    lines = _lines(data / "postmaster.pid")
    return lines[7].strip() if len(lines) > 7 else ""


def server_processes(data: Path) -> list[int]:
    """Return the ids of the PostgreSQL processes that work in this data folder.

    Only where the system has /proc; elsewhere none, and PostgreSQL itself refuses to start while
    any are left.
    """
    return sorted(pid for pid in _all_pids() if _belongs_to(pid, data))


def end_orphans(data: Path, patience: float) -> None:
    """See processes through that outlived their server: wait, then end them.

    Each is known to be PostgreSQL's and to work in this data folder. What they hold is shared
    memory of a server that is dead, and nothing they still do can reach the data of the next one.
    """
    left = server_processes(data)
    if not left or wait_until(lambda: not server_processes(data), patience):
        return
    for number in (signal.SIGQUIT, signal.SIGKILL):
        left = server_processes(data)
        logger.warning("PostgreSQL processes without a server still hold %s: %s; sending %s",
                       data, ", ".join(map(str, left)), number.name)
        for pid in left:
            send(pid, number)
        if wait_until(lambda: not server_processes(data), patience):
            return


def see_through_lock_files(data: Path, socket: Path) -> None:
    """Make what a dead server left harmless to the next start: its pid file, its socket's lock.

    PostgreSQL refuses an empty or garbled one, and one whose process id is in use again. `socket`
    is the path of the socket, in a folder that only our servers use.
    """
    if running_postmaster(data) is not None:
        return
    socket.with_name(f"{socket.name}.lock").unlink(missing_ok=True)
    path = data / "postmaster.pid"
    if not path.exists():
        return
    lines = _lines(path)
    pid = _noted_pid(data)
    if pid is None:
        logger.warning("%s holds no process id, so it is removed", path)
        path.unlink()
    elif _is_alive(pid):
        logger.warning("%s names process %d, which is no PostgreSQL of this folder", path, pid)
        with open(path, "r+") as handle:
            handle.writelines([f"{NOBODYS_PID}\n", *(f"{line}\n" for line in lines[1:])])
            handle.truncate()


def wait_until(is_done: Callable[[], bool], seconds: float) -> bool:
    """Wait at most so long; return whether it came true."""
    end = time.monotonic() + seconds
    while not is_done():
        if time.monotonic() > end:
            return False
        time.sleep(EVERY)
    return True


def _noted_pid(data: Path) -> int | None:
    lines = _lines(data / "postmaster.pid")
    try:
        pid = int(lines[0])
    except (IndexError, ValueError):
        return None
    return pid if 1 < pid <= NOBODYS_PID else None


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(errors="replace").splitlines()
    except OSError:
        return []


def _all_pids() -> Iterator[int]:
    try:
        names = os.listdir(PROC)
    except OSError:
        return
    yield from (int(name) for name in names if name.isdecimal())


def _belongs_to(pid: int, data: Path) -> bool:
    """Return whether the process is PostgreSQL's and works in this data folder.

    Without /proc, whether it is alive is all that can be told.
    """
    if not PROC.joinpath("self").exists():
        return _is_alive(pid)
    try:
        program = os.readlink(PROC / str(pid) / "exe").removesuffix(" (deleted)")
        return Path(program).name == "postgres" and os.path.samefile(PROC / str(pid) / "cwd", data)
    except OSError:  # gone, a zombie, or somebody else's
        return False


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def send(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        pass
