import gzip
import re
from pathlib import Path

import pytest

DATA = Path(__file__).parents[1] / "data" / "names"  # ORIGIN.md there says what is what
PROJECT = re.compile(
    r" (\S+) (?:(?:opt|debug|pgo|leak) test \S|(?:pgo )?talos \S"
    r"|(?:(?:debug|asan|tsan|static|analysis) )*(?:build|pgo-build|nightly|non-unified)$)"
)


def lines_of(file_name):
    path = DATA / file_name
    text = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return text.decode().splitlines()


@pytest.fixture
def real_names():
    """Read the names of a file, every one as (project, build system, name)."""
    def read(file_name, build_system):
        return [(project_in(name), build_system, name)
                for name in (line.partition("\t")[0] for line in lines_of(file_name))]
    return read


@pytest.fixture
def real_rows():
    """Read a file of name, Treeherder's platform and option (empty where it gave none)."""
    return lambda file_name: [tuple(line.split("\t")) for line in lines_of(file_name)]


def project_in(name):
    """Find the project that a builder name holds; labels hold none and are autoland's."""
    match = PROJECT.search(name)
    return match[1] if match else "autoland"


@pytest.fixture(scope="session")
def canonical():
    """Make the label that parses to a job type, if any name does; builds are no exception."""
    def label(job_type):
        *suffixes, build_type = job_type.build_type.split("-")
        platform = "-".join([job_type.platform, *suffixes])
        return f"test-{platform}/{build_type}-{job_type.testtype}"
    return label
