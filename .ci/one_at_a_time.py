"""Run a command while no other one runs under the same file: ``one_at_a_time.py FILE COMMAND...``.

`make` sets up .venv with it, so that two of them in one clone do not write it at the same time.
"""

import fcntl
import subprocess
import sys


def main(path: str, command: list[str]) -> int:
    with open(path) as handle:  # Python's files are not handed on, so the lock ends with us
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("another make is setting up this clone; waiting for it", file=sys.stderr,
                  flush=True)
            fcntl.flock(handle, fcntl.LOCK_EX)
        return subprocess.call(command)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
