from collections import Counter

import pytest

from seta.demo import records, scopes
from demo_derivation.records import counts_of
from seta.domain import JobResult
from seta.sources.files import open_records, read_records


@pytest.mark.parametrize("scope", scopes(), ids=lambda scope: scope.name)
def test_a_demo_file_is_read_like_any_file_without_a_bad_line(scope):
    bad = []
    with open_records(scope.path) as stream:
        read = read_records(stream, bad.append)
        kinds = Counter(isinstance(record, JobResult) for record in read)
    counts = counts_of(records(scope.name))
    assert bad == []
    assert kinds == {True: counts["results"], False: counts["job records"]}
