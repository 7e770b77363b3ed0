"""A real PostgreSQL for every test.

``engine``    one database for the whole run, upgraded; use it through ``sessions``
``sessions``  a session factory, all of whose work is rolled back after the test
``session``   one session of it
``database``  the URL of a database of the test's own, for several connections or programs
"""

import os
import shutil
import sys
import tempfile
import uuid
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.orm import sessionmaker

from seta.config import readers
from seta.store.embedded import FOR_TESTS, EmbeddedServer
from seta.store.engine import make_engine
from seta.store.migrations.upgrade import upgrade

sys.path.insert(0, str(Path(__file__).parent))  # for the loopback servers


@pytest.fixture(scope="session")
def open_folder():
    """Make folders that other users can come to, as pytest's own are not.

    Where we are root, the embedded server runs as another user.
    """
    made = []

    def make() -> Path:
        folder = Path(tempfile.mkdtemp(prefix="seta-tests-"))
        folder.chmod(0o755)
        made.append(folder)
        return folder

    yield make
    for folder in made:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def server_url(open_folder):
    """The URL of a server on which databases can be made: TEST_DATABASE_URL's, or our own."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield make_url(readers.database_url(given))
        return
    with EmbeddedServer(open_folder() / "home", options=FOR_TESTS) as server:
        yield make_url(server.url)


@pytest.fixture(scope="session")
def make_database(server_url):
    """Make databases on the test server; the template is upgraded once."""
    admin = create_engine(server_url, isolation_level="AUTOCOMMIT")
    made = []

    def make(template: str = "template0") -> str:
        name = f"seta_test_{uuid.uuid4().hex[:12]}"
        with admin.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
        made.append(name)
        return server_url.set(database=name).render_as_string(hide_password=False)

    yield make
    if os.environ.get("TEST_DATABASE_URL"):  # our own server goes with all its databases
        with admin.connect() as connection:
            for name in made:
                connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
    admin.dispose()


@pytest.fixture(scope="session")
def template(make_database):
    """The name of an upgraded database that nobody is connected to."""
    url = make_database()
    engine = make_engine(url)
    upgrade(engine)
    engine.dispose()
    return make_url(url).database


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
