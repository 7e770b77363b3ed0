"""One data folder and the server that works in it: made, started and stopped."""

import logging
import re
import shutil
import signal
from dataclasses import dataclass
from pathlib import Path

from ...errors import StoreError
from .access import limit_access
from .places import SOCKET_NAME, Places
from .processes import (
    end_orphans, running_postmaster, see_through_lock_files, send, server_processes, wait_until,
)
from .programs import Programs

logger = logging.getLogger(__name__)

# The pages that an import comes back to, one for each job name and more, fit into this; the
# default is half of it. What is not used takes no memory.
SETTINGS = "-c shared_buffers=256MB"
RECOVERY = 600  # seconds that a server may take to replay what a crash left
MAX_LINES = 5


@dataclass(frozen=True)
class Cluster:
    """Its caller holds the start lock."""

    places: Places
    programs: Programs
    options: str    # of the program postgres, such as "-c fsync=off"
    patience: int   # seconds after which what does not stop is made to

    def create(self) -> None:
        """Make the data folder if it is missing; a half-made one is never used."""
        data, unfinished = self.places.data, self.places.unfinished_data
        shutil.rmtree(unfinished, ignore_errors=True)
        if (data / "PG_VERSION").exists():
            return
        # Versions that did not work beside the data left this where initdb was killed.
        shutil.rmtree(data, ignore_errors=True)
        done = self.programs.run("initdb", "-D", str(unfinished), "--auth=peer", "-E", "UTF8",
                                 "--locale=C", "-U", "seta")
        if done.returncode:
            shutil.rmtree(unfinished, ignore_errors=True)
            raise StoreError(f"initdb could not make {data}: {_reason(done.stdout)}")
        unfinished.rename(data)
        logger.info("made an embedded PostgreSQL cluster in %s", data)

    def limit_access(self) -> None:
        """Let nobody else in, at once where the server is running."""
        data = self.places.data
        if data.exists() and limit_access(data) and running_postmaster(data) is not None:
            self.programs.run("pg_ctl", "reload", "-D", str(data))

    def start(self, socket: Path) -> None:
        """Start the server; raises StoreError with what it says of this start."""
        data, log = self.places.data, self.places.log
        see_through_lock_files(data, socket / SOCKET_NAME)
        options = (f"-k {socket} -c listen_addresses='' -c unix_socket_permissions=0700 "
                   f"{SETTINGS} {self.options}")
        before = log.stat().st_size if log.exists() else 0
        done = self.programs.run("pg_ctl", "start", "-D", str(data), "-w", "-t", str(RECOVERY),
                                 "-l", str(log), "-o", options)
        if done.returncode:
            reason = _reason(_written_since(log, before)) or _reason(done.stdout)
            raise StoreError(f"the embedded PostgreSQL in {data} did not start: {reason}")

    def shut_down(self) -> None:
        """Stop the server, politely, then immediately, then by force; no process of it is left.

        Whatever way it goes, PostgreSQL recovers from it at the next start.
        """
        data = self.places.data
        for mode in ("fast", "immediate"):
            if running_postmaster(data) is None:
                break
            done = self.programs.run("pg_ctl", "stop", "-D", str(data), "-m", mode, "-w",
                                     "-t", str(self.patience))
            if running_postmaster(data) is not None:
                logger.warning("the embedded PostgreSQL did not stop (%s): %s", mode,
                               _reason(done.stdout))
        pid = running_postmaster(data)
        if pid is not None:
            logger.warning("killing the embedded PostgreSQL, process %d", pid)
            send(pid, signal.SIGKILL)
            wait_until(lambda: running_postmaster(data) is None, self.patience)
        end_orphans(data, min(self.patience, 5))
        if server_processes(data):
            raise StoreError(f"processes {', '.join(map(str, server_processes(data)))} of an "
                             f"earlier PostgreSQL in {data} do not end: end them, then start again")


def _written_since(log: Path, position: int) -> str:
    try:
        with open(log, errors="replace") as handle:
            handle.seek(position)
            return handle.read()
    except OSError:
        return ""


def _reason(output: str) -> str:
    """Return what PostgreSQL's programs say is wrong, in one line.

    >>> _reason("LOG:  starting\\nLOG:  no such setting: x\\n2026-03-01 [7] FATAL:  bad settings")
    'no such setting: x; bad settings'
    """
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    found = [re.search(r"\b(LOG|FATAL|PANIC|ERROR|HINT|error):\s+(.+)", line) for line in lines]
    messages = [match for match in found if match]
    # The line before the fatal one says what it was about.
    wrong = [each[2] for each, after in zip(messages, [*messages[1:], None], strict=False)
             if each[1] != "LOG" or (after and after[1] in ("FATAL", "PANIC"))]
    return "; ".join((wrong or lines)[-MAX_LINES:])
