"""The command line: for a person, and for programs with `--json`.

Exit codes: 0 done, 1 failed, 2 bad usage.
"""

import sys


def main() -> None:
    """Run the console script `seta`; where only the clients are, say what to install."""
    try:
        from .commands import run
    except ImportError as error:
        sys.exit(f"this command needs the server's parts ({error.name} is missing): "
                 "pip install 'seta[server,embedded]'")
    sys.exit(run())
