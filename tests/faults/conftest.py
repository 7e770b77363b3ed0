"""A server and a service of the faults' own, and the record of what was seen."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from fault_world import LISTS, Postgres, run_seta, serving
from fault_world.ci import records, write
from ingest_world import add_projects

from seta.store.engine import make_engine, make_sessions
from seta.store.migrations.upgrade import upgrade

TEMPLATE = "seta_template"


@pytest.fixture
def seen(request, record_property):
    """Call it with what was measured, in a sentence: it is the last cell of the fault's row."""
    declared = request.node.get_closest_marker("fault")
    record_property("fault", declared.kwargs["name"])
    record_property("expected", declared.kwargs["expected"])
    return lambda sentence: record_property("seen", sentence)


@pytest.fixture(scope="session")
def postgres(open_folder):
    """A server that tests may break, and leave running."""
    server = Postgres(open_folder()).start()
    upgrade_database(server.database(TEMPLATE))
    yield server
    server.kill()


def upgrade_database(url: str) -> None:
    engine = make_engine(url)
    upgrade(engine)
    engine.dispose()


@pytest.fixture
def new_database(postgres):
    """Make upgraded databases on it, with these projects; return their URLs."""
    def make(*names: str) -> str:
        url = postgres.database(f"f_{uuid.uuid4().hex[:12]}", TEMPLATE)
        if names:
            engine = make_engine(url)
            with make_sessions(engine).begin() as session:
                add_projects(session, *names)
            engine.dispose()
        return url
    return make


@pytest.fixture(scope="session")
def small_file(tmp_path_factory):
    """A day of 150 pushes with 40 jobs each."""
    return write(tmp_path_factory.mktemp("ci") / "results.ndjson", records(150))


@pytest.fixture(scope="session")
def filled(postgres, small_file):
    """The name of a database with the day imported and analyzed, that nobody is connected to."""
    name = "seta_filled"
    url = postgres.database(name, TEMPLATE)
    run_seta("import", small_file, "--scope", "trunk", database=url)
    run_seta("analyze", database=url)
    return name


@pytest.fixture(scope="session")
def broken_service(postgres, filled):
    """A service whose database and processes are broken under it."""
    with serving(postgres.database("seta_served", filled)) as service:
        yield service


@pytest.fixture
def service(broken_service, postgres):
    """The same, in good health."""
    postgres.wait_until_it_answers()
    broken_service.wait_for(LISTS)
    return broken_service


@pytest.fixture
def now():
    return datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def newest(now):
    """When the newest push came."""
    return now - timedelta(hours=1)
