"""Whatever happens between any two requests, what is stored is what the source has at the end."""

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from ingest_world import NOON
from ingest_world.extracted_ci import ACTS as EXTRACTION_ACTS, ExtractedCi, as_activedata
from ingest_world.model_runs import HOUR, Failing, acts_of, check_ingests, rounds_of
from ingest_world.moving_ci import ACTS, MovingCi
from loopback.in_process import URL, http_to

from seta.ingest import IngestLengths
from seta.sources.activedata import ActiveData
from seta.sources.treeherder import Treeherder

pytestmark = pytest.mark.slow

# After a pause longer than the window, what changed before it is not asked for; so it is longer.
LENGTHS = IngestLengths(window=50 * HOUR, overlap=HOUR, slice_length=25 * HOUR)
LONGER = IngestLengths(window=72 * HOUR, overlap=HOUR, slice_length=24 * HOUR)

acts, extraction_acts = acts_of(ACTS), acts_of(EXTRACTION_ACTS)
few_runs = settings(
    max_examples=8, phases=[Phase.generate], deadline=None, database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])


def treeherder(script):
    """An answer is full at a 500th of the rows of a real one."""
    return Treeherder(http_to(script), URL, jobs_per_answer=4, pushes_per_answer=3)


def activedata(script):
    return ActiveData(http_to(script), URL, row_limit=4)


@pytest.mark.parametrize("script_of, source_of, id_of_push", [
    pytest.param(lambda ci: ci.server, treeherder, "treeherder_id", id="treeherder"),
    pytest.param(as_activedata, activedata, "push_id", id="activedata"),
])
@few_runs
@given(history=st.lists(acts, max_size=10), rounds=rounds_of(acts))
def test_what_is_stored_is_what_the_source_has_after_a_quiet_ingest(
    engine, script_of, source_of, id_of_push, history, rounds
):
    ci = MovingCi(NOON)
    script = Failing(script_of(ci))
    check_ingests(engine, ci, script, source_of(script), history, rounds, lengths=LENGTHS,
                  id_of_push=id_of_push)


@few_runs
@given(history=st.lists(extraction_acts, max_size=10), rounds=rounds_of(extraction_acts))
def test_nor_does_it_matter_how_activedata_extracts_its_documents(engine, history, rounds):
    """Documents come late, come twice, are replaced, and are answered in any order."""
    ci = ExtractedCi(NOON)
    ci.act("push", 1, 1)  # since a first fill without any result is a failure
    ci.catch_up()
    script = Failing(ci)
    check_ingests(engine, ci, script, activedata(script), history, rounds, lengths=LONGER)
