"""Errors of the database and of the system are one sentence that says what to do."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import psycopg2
import pytest
from sqlalchemy import make_url, text
from sqlalchemy.exc import DBAPIError

from seta.cli.failures import sentence
from seta.config import Settings
from seta.store.engine import make_engine


def said(err: str) -> str:
    """The one sentence on standard error, without the log's lines."""
    assert "Traceback" not in err
    (line,) = (line for line in err.splitlines() if line.startswith("seta: "))
    return line


def run(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "PYTHONPATH") if name in os.environ}
    return subprocess.run([sys.executable, "-m", "seta", *arguments], text=True,
                          capture_output=True, env={**kept, **settings}, timeout=300)


@pytest.mark.parametrize("statement, says, to_do", [
    pytest.param("SET statement_timeout = 1; SELECT pg_sleep(9)", "statement timeout",
                 "took too long", id="statement time-out"),
    pytest.param("SET TRANSACTION READ ONLY; CREATE TABLE t (x int)", "read-only transaction",
                 "name the primary server", id="a copy"),
    pytest.param("SELECT * FROM nothing_here", "nothing_here", "seta db upgrade", id="no table"),
    pytest.param("DO $$ BEGIN RAISE 'no room left' USING ERRCODE = '53100'; END $$", "no room left",
                 "free some space", id="full disk"),
    pytest.param("DO $$ BEGIN RAISE 'out of memory' USING ERRCODE = '53200'; END $$",
                 "out of memory", "later", id="out of memory"),
    pytest.param("DO $$ BEGIN RAISE 'shutting down' USING ERRCODE = '57P01'; END $$",
                 "shutting down", "later", id="shut down"),
    pytest.param("DO $$ BEGIN RAISE 'deadlock' USING ERRCODE = '40P01'; END $$", "deadlock",
                 "later", id="deadlock"),
])
def test_an_error_of_the_database_is_one_line_with_what_to_do(emptied, statement, says, to_do):
    engine = make_engine(emptied)
    with pytest.raises(DBAPIError) as caught, engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()
    line = sentence(caught.value, Settings())
    assert says in line and to_do in line
    assert "\n" not in line and "SELECT" not in line


def test_a_command_without_the_rights_says_so(make_cli, database):
    seta = make_cli(database)
    name = make_url(database).database
    engine = make_engine(database)
    role = f"stranger_{name}"
    with engine.begin() as connection:
        connection.execute(text(f"CREATE ROLE {role}"))
        connection.execute(text(f"GRANT SELECT ON alembic_version TO {role}"))
        connection.execute(text(f"ALTER DATABASE {name} SET role = '{role}'"))
    try:
        code, _, err = seta("projects", "list")
        assert code == 1
        assert "permission denied" in said(err) and "grant" in said(err)
    finally:
        with engine.begin() as connection:
            connection.execute(text("RESET ROLE"))
            connection.execute(text(f"ALTER DATABASE {name} RESET role"))
            connection.execute(text(f"DROP OWNED BY {role}"))
            connection.execute(text(f"DROP ROLE {role}"))
        engine.dispose()


def test_a_database_that_does_not_exist_is_named(seta, emptied):
    missing = make_url(emptied).set(database="nowhere").render_as_string(hide_password=False)
    code, _, err = seta("projects", "list", database_url=missing)
    assert code == 1
    assert '"nowhere" does not exist' in said(err) and "create the database" in said(err)


def test_a_database_that_refuses_connections_is_named_with_what_to_do(seta):
    code, _, err = seta("projects", "list",
                        database_url="postgresql+psycopg2://me:hunter2@127.0.0.1:9/x")
    assert code == 1 and "hunter2" not in err
    assert "Connection refused" in said(err) and "start PostgreSQL" in said(err)


def test_a_password_that_the_driver_repeats_is_not_shown():
    error = psycopg2.OperationalError('invalid URI: "postgresql://me:hunter2@db"')
    settings = Settings(database_url="postgresql+psycopg2://me:hunter2@db/x")
    assert "hunter2" not in sentence(error, settings)


def test_a_debug_log_shows_where_it_was_raised():
    done = run("projects", "list", DATABASE_URL="postgresql://127.0.0.1:9/x",
               SETA_LOG_LEVEL="DEBUG")
    assert done.returncode == 1 and "Traceback" in done.stderr


@pytest.fixture
def mount(open_folder):
    """Mount a small disk in memory; its folder can be reached by every user."""
    if os.geteuid() != 0:
        pytest.skip("only root mounts disks")
    mounted = []

    def make(options: str) -> Path:
        folder = open_folder() / "disk"
        folder.mkdir()
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "none", str(folder)],
                              capture_output=True, text=True)
        if done.returncode:
            pytest.skip(f"no disk can be mounted here: {done.stderr.strip()}")
        mounted.append(folder)
        return folder

    yield make
    for folder in mounted:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_full_disk_is_named_with_what_to_do(mount):
    home = mount("size=4m,mode=755") / "home"
    done = run("projects", "list", SETA_HOME=str(home))
    assert done.returncode == 1
    assert "No space left on device" in said(done.stderr)
    assert str(home) in said(done.stderr) and "free some space" in said(done.stderr)
    assert not list(home.glob("postgres/*/data*"))  # nothing half is left


def test_a_disk_that_is_read_only_is_named_with_what_to_do(mount):
    home = mount("size=4m,mode=755,ro") / "home"
    done = run("projects", "list", SETA_HOME=str(home))
    assert done.returncode == 1
    assert "Read-only file system" in said(done.stderr)
    assert str(home) in said(done.stderr) and "SETA_HOME" in said(done.stderr)


def test_a_home_that_is_a_file_is_named(seta, tmp_path):
    path = tmp_path / "home"
    path.write_text("")
    code, _, err = seta("projects", "list", database_url="", home=str(path))
    assert code == 1 and str(path) in said(err)


def test_output_that_does_not_fit_is_an_error(seta):
    if not Path("/dev/full").exists():
        pytest.skip("no device that is always full")
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "seta", "projects", "list"], stdout=full, text=True,
            stderr=subprocess.PIPE, env={**os.environ, "DATABASE_URL": seta.settings.database_url})
    assert done.returncode == 1 and "No space left on device" in said(done.stderr)


def test_a_port_in_use_is_named_before_anything_is_served(seta):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code, _, err = seta("serve", port=port)
    assert code == 1
    assert f"port {port} of 127.0.0.1" in said(err) and "set PORT" in said(err)
