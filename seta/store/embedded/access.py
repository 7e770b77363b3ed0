"""Who may connect: only the person who runs SETA, as the system says and not as they claim."""

import os
from pathlib import Path

from .programs import name_of_user

MAP = "seta"
WARNING = "# Written by SETA whenever it starts the server; changes are lost.\n"


def limit_access(data: Path) -> bool:
    """Write the data folder's rules of access; return whether they were others before.

    Data folders that earlier versions made let everybody in who could reach the socket.
    """
    rules = {"pg_hba.conf": f"{WARNING}local all all peer map={MAP}\n",
             "pg_ident.conf": f'{WARNING}{MAP} "{name_of_user(os.geteuid())}" seta\n'}
    return any([_write(data / name, text) for name, text in rules.items()])


def _write(path: Path, text: str) -> bool:
    """Replace a file whole, with the data folder's owner; return whether it was another."""
    if path.exists() and path.read_text(errors="replace") == text:
        return False
    status = path.parent.stat()
    unfinished = path.with_name(f"{path.name}.new")
    unfinished.unlink(missing_ok=True)
    with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as handle:
        if (status.st_uid, status.st_gid) != (os.geteuid(), os.getegid()):
            os.fchown(handle.fileno(), status.st_uid, status.st_gid)
        handle.write(text)
        handle.flush()
        os.fsync(handle.fileno())
    unfinished.replace(path)
    return True
