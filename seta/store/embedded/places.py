"""Where the server keeps its data and its socket, and whether these folders are only ours."""

import hashlib
import logging
import os
import pwd
import re
import stat
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from ...errors import StoreError
from .programs import (
    Programs, find_programs, is_reachable, name_of_user, reachable_programs, server_user,
)

logger = logging.getLogger(__name__)

FALLBACK_ROOT = Path("/var/lib/seta")
SOCKET_NAME = ".s.PGSQL.5432"
MAX_SOCKET_FOLDER = 107 - len(f"/{SOCKET_NAME}")    # bytes: what a Unix socket's address holds


@dataclass(frozen=True)
class Places:
    """The files of one server, all below a folder that only the server's user can enter."""

    root: Path

    @property
    def data(self) -> Path:
        return self.root / "data"

    @property
    def unfinished_data(self) -> Path:
        """Where initdb works; renamed to `data` when it is whole."""
        return self.root / "data.new"

    @property
    def log(self) -> Path:
        return self.root / "postgres.log"

    @property
    def start_lock(self) -> Path:
        return self.root / "start.lock"

    @property
    def users_lock(self) -> Path:
        return self.root / "users.lock"


def choose_places(home: Path, postgres_bin: str) -> tuple[Places, Programs]:
    """Return the server's places below `home`, made if missing, and its programs.

    Raises StoreError where a folder there belongs to somebody else or is open to others: who can
    change it could put a server of their own in our place.
    """
    user = server_user()
    home.mkdir(parents=True, exist_ok=True)
    above = home / "postgres"
    if user is not None and not is_reachable(home, user):
        above = FALLBACK_ROOT / hashlib.sha256(str(home).encode()).hexdigest()[:16]
        logger.warning("the embedded PostgreSQL runs as %s, which cannot reach %s: its data is "
                       "in %s", user.pw_name, home, above)
    above.mkdir(parents=True, exist_ok=True, mode=0o755)
    require_own_folder(above, user, closed=0o022)
    folder = reachable_programs(find_programs(postgres_bin), user, FALLBACK_ROOT / "programs")
    # The server's own major version is part of the place: another one cannot read the data.
    version = subprocess.run([str(folder / "postgres"), "--version"], capture_output=True,
                             text=True).stdout.split()
    root = above / (version[2].split(".")[0] if len(version) > 2 else "unknown")
    root.mkdir(exist_ok=True, mode=0o700)
    give(root, user)
    require_own_folder(root, user)
    return Places(root), Programs(folder, user)


def socket_folder(places: Places, user: pwd.struct_passwd | None) -> Path:
    """Return the folder of the socket: the server's own where its path is short and plain enough.

    Otherwise one in the folder for temporary files, under a name that nobody can guess; it is
    remembered beside the data, and made again when it was cleaned away.
    """
    if _fits(places.root):
        return places.root
    remembered = places.root / "socket-folder"
    try:
        folder = Path(remembered.read_text().strip())
        _make_private(folder, user)
        return folder
    except FileNotFoundError:
        pass
    except (OSError, StoreError) as error:
        logger.warning("the socket moves to a new folder: %s", error)
    folder = _new_socket_folder()
    _make_private(folder, user)
    unfinished = remembered.with_suffix(".new")
    unfinished.write_text(f"{folder}\n")
    unfinished.replace(remembered)
    return folder


def _fits(folder: Path) -> bool:
    # Commas and quotes mean something in PostgreSQL's own list of folders, spaces to a shell.
    return (len(os.fsencode(folder)) <= MAX_SOCKET_FOLDER
            and re.fullmatch(r"[A-Za-z0-9/._+@=-]+", str(folder)) is not None)


def _new_socket_folder() -> Path:
    for above in (tempfile.gettempdir(), "/tmp", "/var/tmp"):
        if _fits(Path(above) / "seta-12345678"):
            return Path(tempfile.mkdtemp(prefix="seta-", dir=above))
    raise StoreError(f"the path of a socket below {tempfile.gettempdir()} would be too long: set "
                     "TMPDIR or SETA_HOME to a shorter path")


def _make_private(folder: Path, user: pwd.struct_passwd | None) -> None:
    """Make the folder if it is missing; raises StoreError where somebody else has made it."""
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        pass
    give(folder, user)
    require_own_folder(folder, user)


def give(folder: Path, user: pwd.struct_passwd | None) -> None:
    """Give a folder that we have made to the server's user; nothing else changes hands."""
    status = folder.lstat()
    if user is not None and stat.S_ISDIR(status.st_mode) and status.st_uid == os.geteuid():
        os.chown(folder, user.pw_uid, user.pw_gid, follow_symlinks=False)


def require_own_folder(
    folder: Path, user: pwd.struct_passwd | None, *, closed: int = 0o077,
) -> None:
    """Raise StoreError unless this is a real folder that belongs to the server's user or to us.

    It is also refused with any of the `closed` bits in its mode.
    """
    status = folder.lstat()
    if not stat.S_ISDIR(status.st_mode):
        raise StoreError(f"{folder} is a link or a file, where SETA needs a folder of its own: "
                         "remove it, or set SETA_HOME to another folder")
    owners = {os.geteuid()} | ({user.pw_uid} if user else set())
    if status.st_uid not in owners:
        raise StoreError(f"{folder} belongs to {name_of_user(status.st_uid)}, not to "
                         f"{name_of_user(user.pw_uid if user else os.geteuid())}: run SETA as its "
                         "owner, or set SETA_HOME to another folder")
    mode = stat.S_IMODE(status.st_mode)
    if mode & closed:
        raise StoreError(f"{folder} has mode {mode:04o}, so that others could change or reach the "
                         f"embedded PostgreSQL: run `chmod go= {folder}` if nobody else has used "
                         "it, or set SETA_HOME to another folder")
