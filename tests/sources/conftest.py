"""Sources that ask loopback servers, quick to give up."""

import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))

from loopback.activedata import running_activedata  # noqa: E402
from loopback.documents import real_documents  # noqa: E402
from loopback.scripted import scripted  # noqa: E402

from seta.sources import Slice  # noqa: E402
from seta.sources.activedata import ActiveData  # noqa: E402
from seta.sources.http import Http, HttpOptions  # noqa: E402

QUICK = {"tries": 2, "backoff": .001, "jitter": 0, "longest_wait": .01, "read_timeout": 25}


@pytest.fixture(scope="session")
def make_http():
    """An Http that waits next to nothing between two tries."""
    return lambda **options: Http(HttpOptions(**(QUICK | options)))


@pytest.fixture(scope="session")
def _server():
    with running_activedata(real_documents()) as server:
        yield server


@pytest.fixture
def activedata_server(_server):
    """A local ActiveData with real rows, cutting answers where the real one did."""
    _server.clamp(10_000)
    return _server


@pytest.fixture
def activedata(activedata_server, make_http):
    """Make a source that asks the local ActiveData."""
    return lambda **options: ActiveData(make_http(), activedata_server.url, **options)


@pytest.fixture(scope="session")
def serve():
    """Run a scripted server: `with serve(reply) as server`."""
    return scripted


@pytest.fixture(scope="session")
def between():
    """Make a slice from epoch seconds."""
    def make(start, end, *, project="autoland", by="modified"):
        return Slice(project, by, datetime.fromtimestamp(start, UTC),
                     datetime.fromtimestamp(end, UTC))
    return make


@pytest.fixture(scope="session")
def read_all():
    """Every result of a slice, in order, and everything that was skipped."""
    def read(source, piece):
        batches = list(source.results(piece))
        skipped = sum((batch.skipped for batch in batches), start=Counter())
        return [result for batch in batches for result in batch.results], skipped
    return read
