"""A real PostgreSQL for every test, one server for all workers of a run.

``engine``    one database for the whole run, upgraded; use it through ``sessions``
``sessions``  a session factory, all of whose work is rolled back after the test
``session``   one session of it
``database``  the URL of a database of the test's own, for several connections or programs
``emptied``   the same, quicker, for a test that changes no table, only what is in them
"""

import fcntl
import gc
import os
import shutil
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.orm import sessionmaker

from seta.cli.commands import run
from seta.cli.program import Program
from seta.config import Settings, readers
from seta.store.embedded import FOR_TESTS, EmbeddedServer
from seta.store.engine import make_engine
from seta.store.migrations.upgrade import upgrade
from seta.store.schema import Base

sys.path.insert(0, str(Path(__file__).parent))  # for the loopback servers

from known_rules import compile_routes_once  # noqa: E402
from run_order import deal_slow_tests  # noqa: E402

SHARED_FOLDER = pytest.StashKey[Path]()
MADE_DATABASES = "made-databases"
# Hundreds of databases come and go, and autovacuum would visit every one of them.
SERVER_OPTIONS = f"{FOR_TESTS} -c max_connections=600 -c autovacuum=off"


def pytest_configure(config):
    """Make the folder of what all workers of this run share."""
    compile_routes_once()
    if not hasattr(config, "workerinput"):
        config.stash[SHARED_FOLDER] = new_folder()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node):
    node.workerinput["shared_folder"] = str(node.config.stash[SHARED_FOLDER])
    node.workerinput["is_first_run"] = not any(
        Path(__file__).parent.glob("*/__pycache__/test_*-pytest-*.pyc"))


def pytest_unconfigure(config):
    if SHARED_FOLDER in config.stash:
        drop_databases(config.stash[SHARED_FOLDER] / MADE_DATABASES)
        shutil.rmtree(config.stash[SHARED_FOLDER], ignore_errors=True)


@pytest.hookimpl(wrapper=True)
def pytest_collection(session):
    """Where nothing is compiled yet, let one worker do it while the others wait for its files."""
    config = session.config
    if not getattr(config, "workerinput", {}).get("is_first_run") or sys.dont_write_bytecode:
        return (yield)
    folder = Path(config.workerinput["shared_folder"])
    with open(folder / "collecting", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if (folder / "collected").exists():
            fcntl.flock(lock, fcntl.LOCK_UN)
        collected = yield
        (folder / "collected").touch()
    return collected


def pytest_collection_modifyitems(config, items):
    if hasattr(config, "workerinput"):
        items[:] = deal_slow_tests(items, config.workerinput["workercount"])


def pytest_collection_finish(session):
    gc.collect()
    gc.freeze()  # what was imported stays: later collections need not look at it


def new_folder() -> Path:
    """Make a folder that other users can come to, as pytest's own are not.

    Where we are root, the embedded server runs as another user.
    """
    folder = Path(tempfile.mkdtemp(prefix="seta-tests-"))
    folder.chmod(0o755)
    return folder


def drop_databases(names: Path) -> None:
    """Drop what was made on TEST_DATABASE_URL's server; our own goes with all its databases."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given and names.exists():
        admin = create_engine(readers.database_url(given), isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            for name in names.read_text().split():
                connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        admin.dispose()


@pytest.fixture(scope="session")
def open_folder():
    """Make folders that other users can come to."""
    made = []

    def make() -> Path:
        made.append(new_folder())
        return made[-1]

    yield make
    for folder in made:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def shared_folder(request):
    config = request.config
    if hasattr(config, "workerinput"):
        return Path(config.workerinput["shared_folder"])
    return config.stash[SHARED_FOLDER]


@pytest.fixture(scope="session")
def once(shared_folder):
    """``once(name, make)``: what `make` returned, a text, when the first worker came here."""
    def once(name: str, make: Callable[[], str]) -> str:
        made = shared_folder / f"made-{name}"
        with open(made.with_suffix(".lock"), "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not made.exists():
                made.write_text(make())
            return made.read_text()

    return once


@pytest.fixture(scope="session")
def server_url(shared_folder):
    """The URL of a server on which databases can be made: TEST_DATABASE_URL's, or our own.

    All workers of a run share our own; the last one to leave stops it.
    """
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield make_url(readers.database_url(given))
        return
    with EmbeddedServer(shared_folder / "home", options=SERVER_OPTIONS) as server:
        yield make_url(server.url)


@pytest.fixture(scope="session")
def make_home(once, shared_folder, open_folder):
    """Make homes of embedded servers that hold a cluster already, as after a first start.

    Copying one is much quicker than initdb, which only tests of first starts need.
    """
    def make_first() -> str:
        home = shared_folder / "cluster"
        with EmbeddedServer(home, options=FOR_TESTS):
            return str(home)

    def make() -> Path:
        home = open_folder() / "home"
        subprocess.run(["cp", "-a", once("cluster", make_first), home], check=True)
        return home

    return make


@pytest.fixture(scope="session")
def make_database(server_url, shared_folder):
    """Make databases on the test server."""
    admin = create_engine(server_url, isolation_level="AUTOCOMMIT")

    def make(template: str = "template0") -> str:
        name = f"seta_test_{uuid.uuid4().hex[:12]}"
        with open(shared_folder / MADE_DATABASES, "a") as names:
            names.write(f"{name}\n")
        with admin.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
        return server_url.set(database=name).render_as_string(hide_password=False)

    yield make
    admin.dispose()


@pytest.fixture(scope="session")
def template(make_database, once):
    """The name of an upgraded database that nobody is connected to."""
    def make() -> str:
        url = make_database()
        engine = make_engine(url)
        upgrade(engine)
        engine.dispose()
        return make_url(url).database

    return once("template", make)


@pytest.fixture(scope="session")
def demo_template(make_database, template, once):
    """The name of a database that holds the demo, and that nobody is connected to."""
    def make() -> str:
        url = make_database(template)
        program = Program(Settings(database_url=url))
        assert run(["demo"], program) == 0
        program.close()
        return make_url(url).database

    return once("demo", make)


@pytest.fixture(scope="session")
def engine(make_database, template):
    engine = make_engine(make_database(template))
    yield engine
    engine.dispose()


@pytest.fixture
def sessions(engine):
    """A session factory, all of whose work is rolled back after the test, commits included."""
    with engine.connect() as connection:
        transaction = connection.begin()
        yield sessionmaker(connection, join_transaction_mode="create_savepoint",
                           expire_on_commit=False)
        transaction.rollback()


@pytest.fixture
def session(sessions):
    with sessions() as session:
        yield session


@pytest.fixture
def database(make_database, template):
    return make_database(template)


@pytest.fixture(scope="session")
def idle_databases():
    """Databases that a test is done with, emptied for the next one."""
    return []


@pytest.fixture
def emptied(make_database, template, idle_databases):
    url = idle_databases.pop() if idle_databases else make_database(template)
    yield url
    if not os.environ.get("TEST_DATABASE_URL"):  # there we may not be allowed to
        empty(url)
        idle_databases.append(url)


def empty(url: str) -> None:
    """Leave no row, no other connection, and every sequence at its beginning."""
    tables = ", ".join(f"'{table.name}'" for table in Base.metadata.sorted_tables)
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"""
            SET session_replication_role = replica;  -- whatever refers to what
            SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                WHERE datname = current_database() AND pid <> pg_backend_pid();
            DO $$ DECLARE name text; BEGIN
                FOREACH name IN ARRAY ARRAY[{tables}] LOOP EXECUTE 'DELETE FROM ' || name; END LOOP;
            END $$;
            SELECT setval(oid::regclass, 1, false) FROM pg_class WHERE relkind = 'S'"""))
    engine.dispose()
