"""Only the person who runs SETA gets in: the folders are theirs, and the system says who asks."""

import hashlib
import os
import pwd
import stat
import subprocess
import tempfile
from pathlib import Path

import pytest
from embedded.servers import ask, folder_of, hold, let_go, wait_for

from seta.errors import StoreError
from seta.store.embedded import FOR_TESTS, EmbeddedServer

pytestmark = pytest.mark.slow

only_as_root = pytest.mark.skipif(os.geteuid() != 0, reason="becomes another user")


@pytest.fixture
def nobody():
    return pwd.getpwnam("nobody")


def connect_as(user: pwd.struct_passwd, folder: Path) -> int:
    """Connect as another user of this machine, who can somehow reach the socket."""
    for path in (folder.parent, folder):
        path.chmod(0o755)
    (folder / ".s.PGSQL.5432").chmod(0o777)
    try:
        # Forked, since another user may not be able to read our Python.
        pid = os.fork()
        if pid == 0:
            os.setgid(user.pw_gid)
            os.setuid(user.pw_uid)
            import psycopg2
            try:
                psycopg2.connect(host=str(folder), user="seta", dbname="seta")
            except psycopg2.OperationalError as error:
                os._exit(1 if "eer authentication failed" in str(error) else 2)
            os._exit(0)
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    finally:
        folder.chmod(0o700)


GOT_IN, REFUSED = 0, 1


@only_as_root
def test_another_user_who_reaches_the_socket_is_refused(home, nobody):
    with EmbeddedServer(home, options=FOR_TESTS) as server:
        assert connect_as(nobody, folder_of(server)) == REFUSED
        assert ask(server, "SELECT current_user") == "seta"


def trust_everybody(folder: Path) -> None:
    (folder / "data/pg_hba.conf").write_text("local all all trust\n")


@only_as_root
def test_data_of_an_earlier_version_stop_trusting_everybody(home, nobody):
    with EmbeddedServer(home, options=FOR_TESTS) as server:
        folder = folder_of(server)
    trust_everybody(folder)
    with EmbeddedServer(home, options=FOR_TESTS):
        assert connect_as(nobody, folder) == REFUSED


@only_as_root
def test_a_running_server_of_an_earlier_version_stops_trusting_everybody(home, nobody):
    holder = hold(home)
    (folder,) = home.glob("postgres/*")
    trust_everybody(folder)
    subprocess.run(["kill", "-HUP", (folder / "data/postmaster.pid").read_text().split()[0]])
    wait_for(lambda: connect_as(nobody, folder) == GOT_IN, "the earlier version's trust")
    with EmbeddedServer(home, options=FOR_TESTS) as server:
        wait_for(lambda: connect_as(nobody, folder) == REFUSED, "the rules to be read")
        assert ask(server, "SELECT 1") == 1
    let_go(holder)


@pytest.fixture
def long_home(open_folder):
    """A home whose path is too long for a socket."""
    return open_folder() / ("deep-" * 18) / "home"


def test_a_socket_that_finds_no_room_in_the_home_has_a_folder_that_nobody_can_guess(long_home):
    server = EmbeddedServer(long_home, options=FOR_TESTS)
    (root,) = long_home.glob("postgres/*")
    guessed = Path(tempfile.gettempdir()) / (
        f"seta-{hashlib.sha256(str(root).encode()).hexdigest()[:16]}")
    guessed.mkdir()
    guessed.chmod(0o777)
    try:
        with server:
            folder = folder_of(server)
            assert folder != guessed and not list(guessed.iterdir())
            assert stat.S_IMODE(folder.stat().st_mode) == 0o700
            assert ask(server, "SELECT 1") == 1
        with EmbeddedServer(long_home, options=FOR_TESTS) as again:
            assert folder_of(again) == folder
    finally:
        guessed.rmdir()


def test_a_folder_of_the_socket_that_was_cleaned_away_is_made_again(long_home):
    with EmbeddedServer(long_home, options=FOR_TESTS) as server:
        folder = folder_of(server)
    subprocess.run(["rm", "-r", str(folder)], check=True)
    with EmbeddedServer(long_home, options=FOR_TESTS) as again:
        assert folder_of(again) == folder and ask(again, "SELECT 1") == 1


def as_a_link(folder: Path, nobody: pwd.struct_passwd) -> None:
    real = folder.with_name(folder.name + "-real")
    folder.rename(real)
    folder.symlink_to(real)


def as_somebody_elses(folder: Path, nobody: pwd.struct_passwd) -> None:
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)


def as_open_to_all(folder: Path, nobody: pwd.struct_passwd) -> None:
    folder.chmod(0o777)


PLANTED = [pytest.param(as_a_link, "link", id="a link"),
           pytest.param(as_somebody_elses, "belongs to nobody", marks=only_as_root,
                        id="somebody else's"),
           pytest.param(as_open_to_all, "mode 0777", id="open to all")]


@pytest.mark.parametrize("plant, says", PLANTED)
def test_a_folder_of_the_socket_that_is_not_ours_alone_is_not_used(long_home, nobody, plant, says,
                                                                   caplog):
    with EmbeddedServer(long_home, options=FOR_TESTS) as server:
        folder = folder_of(server)
    plant(folder, nobody)
    with EmbeddedServer(long_home, options=FOR_TESTS) as again:
        assert folder_of(again) != folder
        assert ask(again, "SELECT 1") == 1
    assert str(folder) in caplog.text and says in caplog.text


@pytest.mark.parametrize("plant, says", PLANTED)
def test_a_folder_of_the_data_that_is_not_ours_alone_is_refused(new_home, nobody, plant, says):
    EmbeddedServer(new_home, options=FOR_TESTS)
    (root,) = new_home.glob("postgres/*")
    plant(root, nobody)
    with pytest.raises(StoreError, match=says) as caught:
        EmbeddedServer(new_home, options=FOR_TESTS)
    assert str(root) in str(caught.value)
    if plant is as_somebody_elses:  # and it does not become ours either
        assert root.stat().st_uid == nobody.pw_uid


@only_as_root
def test_a_server_of_another_user_in_our_place_is_not_talked_to(home):
    """The address demands our own server's user, so a planted server learns nothing."""
    with EmbeddedServer(home, options=FOR_TESTS) as server:
        from sqlalchemy import create_engine, make_url
        from sqlalchemy.exc import OperationalError
        planted = make_url(server.url).update_query_dict({"requirepeer": "nobody"})
        with pytest.raises(OperationalError, match="requirepeer"):
            create_engine(planted).connect()
        assert "requirepeer=" in server.url
