import shutil
import threading

import pytest
from werkzeug.serving import make_server

from seta.config import Settings
from seta.store.engine import make_engine, make_sessions
from seta.wsgi import build_app

CHROMIUM_OPTIONS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]


@pytest.fixture(scope="session")
def demo_database(make_database, demo_template):
    """A database that holds the demo; tests only read it."""
    return make_database(demo_template)


def make_app(url: str, **settings):
    settings = Settings(database_url=url, **settings)
    return build_app(settings, make_sessions(make_engine(url)))


@pytest.fixture(scope="session")
def demo_app(demo_database):
    return make_app(demo_database)


@pytest.fixture
def empty_app(emptied):
    return make_app(emptied)


@pytest.fixture(scope="session")
def site(demo_app):
    """The address of the demo's pages on a real server."""
    server = make_server("127.0.0.1", 0, demo_app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@pytest.fixture(scope="session")
def browser():
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("Chromium is not installed (Debian's package chromium)")
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=program, args=CHROMIUM_OPTIONS)
        yield browser
        browser.close()
