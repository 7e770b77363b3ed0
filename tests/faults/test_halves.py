"""Half of the results, and times that cannot be: nothing is decided on them."""

import gzip

import pytest
from fault_world import LISTS, fault, run_seta, start_seta
from fault_world.ci import count, records, write
from faults.conftest import FILLED


@pytest.fixture
def whole_file(tmp_path):
    """More pushes than the day that is known, in several batches."""
    return write(tmp_path / "whole.ndjson", records(600))


@fault("an import is killed in the middle, and an analysis comes before the next import",
       expected="the snapshot is held back with the reason, and the lists of before are served; "
                "the next whole import clears it")
def test_nothing_is_published_on_half_of_an_import(service, postgres, whole_file, seen):
    url = postgres.url("seta_served")
    before = service.get(LISTS).body
    rows = count(url, "SELECT count(*) FROM job_results")
    program = start_seta("import", whole_file, database=url)
    while count(url, "SELECT count(*) FROM job_results") == rows:
        assert program.poll() is None
    program.kill()
    program.communicate()
    held = run_seta("analyze", database=url, fails=True)
    assert service.get(LISTS).body == before
    run_seta("import", whole_file, database=url)
    run_seta("analyze", database=url)
    seen(f"\"{reason_of(held)}\"; published after the whole import.")


@fault("a gzipped file is cut in half",
       expected="the import fails and says so; nothing is published on it; the whole file clears "
                "it")
def test_nothing_is_published_on_half_a_file(service, postgres, whole_file, tmp_path, seen):
    url = postgres.url("seta_served")
    before = service.get(LISTS).body
    packed = gzip.compress(whole_file.read_bytes())
    (tmp_path / "half.ndjson.gz").write_bytes(packed[:len(packed) // 2])
    failed = run_seta("import", tmp_path / "half.ndjson.gz", database=url, fails=True)
    assert not failed.has_traceback
    held = run_seta("analyze", database=url, fails=True)
    assert "failed: half.ndjson.gz" in held.log    # readers of /status see this, and no folder
    assert service.get(LISTS).body == before
    run_seta("import", whole_file, database=url)
    run_seta("analyze", database=url)
    seen(f"\"{reason_of(held)}\"; published after the whole file.")


@fault("the clock was two hours ahead when results came, and was put right",
       expected="nothing counts as fresh or is published by itself, with the reason and an alarm; "
                "the next import clears it")
def test_a_clock_that_was_ahead(postgres, small_file, seen):
    url = postgres.database("seta_ahead", FILLED)
    postgres.ask("UPDATE watermarks SET succeeded_at = now() + interval '2 hours'",
                 database="seta_ahead")
    held = run_seta("analyze", database=url, fails=True)
    assert "ahead of the clock" in held.log
    alarms = count(url, "SELECT count(*) FROM alarms WHERE cleared_at IS NULL")
    assert alarms
    run_seta("import", small_file, database=url)
    run_seta("analyze", database=url)
    seen(f"\"{reason_of(held)}\"; published after the next import.")


def reason_of(held) -> str:
    """What a command says last."""
    return [line for line in held.log.splitlines() if line.startswith("seta: ")][-1][:240]
