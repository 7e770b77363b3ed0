"""A server and a service of the faults' own, and the record of what was seen."""

import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fault_world import LISTS, Postgres, measured_lateness, run_seta, serving
from fault_world.ci import records, write
from ingest_world import add_projects

from seta.store.engine import make_engine, make_sessions
from seta.store.migrations.upgrade import upgrade

TEMPLATE = "seta_template"   # upgraded
FILLED = "seta_filled"       # with a day imported and analyzed


@pytest.fixture
def seen(request, record_property):
    """Call it with what was measured, in a sentence: it is the last cell of the fault's row."""
    declared = request.node.get_closest_marker("fault")
    record_property("fault", declared.kwargs["name"])
    record_property("expected", declared.kwargs["expected"])
    return lambda sentence: record_property("seen", sentence)


@pytest.fixture
def lateness():
    """How late this machine is during the test: what limits in seconds allow on top."""
    with measured_lateness() as lateness:
        yield lateness


@pytest.fixture(scope="session")
def small_file(once, shared_folder):
    """A day of 150 pushes with 40 jobs each."""
    return Path(once("small-file", lambda: str(
        write(shared_folder / "small.ndjson", records(150)))))


@pytest.fixture(scope="session")
def stopped_server(once, shared_folder, small_file):
    """The folder of a server that was made once, for servers like it."""
    def make() -> str:
        folder = shared_folder / "postgres-of-the-faults"
        folder.mkdir(mode=0o755)
        server = Postgres(folder).start()
        try:
            upgrade_database(server.database(TEMPLATE))
            url = server.database(FILLED, TEMPLATE)
            run_seta("import", small_file, "--scope", "trunk", database=url)
            run_seta("analyze", database=url)
        finally:
            server.stop()
        return str(folder)

    return Path(once("postgres-of-the-faults", make))


def upgrade_database(url: str) -> None:
    engine = make_engine(url)
    upgrade(engine)
    engine.dispose()


@pytest.fixture(scope="session")
def postgres(open_folder, stopped_server):
    """A server that tests may break, and leave running."""
    server = Postgres(open_folder(), like=stopped_server).start()
    yield server
    server.kill()


@pytest.fixture(scope="session")
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
def broken_service(postgres):
    """A service whose database and processes are broken under it."""
    with serving(postgres.database("seta_served", FILLED)) as service:
        yield service


@pytest.fixture
def service(broken_service, postgres):
    """The same, in good health."""
    postgres.wait_until_it_answers()
    broken_service.wait_for(LISTS)
    return broken_service


@pytest.fixture(scope="module")
def newest():
    """When the newest push came."""
    return datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)
