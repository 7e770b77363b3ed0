"""Which of a job's classifications counts: one rule everywhere."""

from datetime import timedelta

import pytest
from publish.made_evidence import DAY, NOW, Evidence

from seta.store import evidence as reads
from seta.store.curation.classifications import JobKey, counted_classifications
from seta.store.results.last_runs import still_failing

JOB = "test-linux64/opt-mochitest-1"
FIX = "a" * 12
FIXED = {"classification": "fixed by commit"}
INTERMITTENT = {"classification": "intermittent"}
EARLIER, LATER = NOW - 3 * DAY, NOW - 2 * DAY


@pytest.fixture
def classified(sessions):
    """Make one failed job with these classifications, in the order they are stored."""
    evidence = Evidence(sessions).scope().project()

    def make(*history):
        job_id = evidence.result(JOB, "testfailed", at=NOW - 4 * DAY)
        for each in history:
            fixed_by = [FIX] if each["classification"] == "fixed by commit" else []
            evidence.classify(job_id, *fixed_by, **each)
        return JobKey("treeherder", job_id)
    return make


def is_witness(sessions, known_by=NOW):
    with sessions() as session:
        window = reads.EvidenceWindow("trunk", NOW - 90 * DAY, NOW, known_by)
        return bool(reads.witnesses(session, window))


HISTORIES = [
    pytest.param([FIXED | {"at": LATER}, INTERMITTENT | {"at": EARLIER}],
                 "fixed by commit", id="the newest, stored first"),
    pytest.param([FIXED | {"at": EARLIER}, INTERMITTENT | {"at": LATER}],
                 "intermittent", id="the newest, stored last"),
    pytest.param([FIXED | {"at": EARLIER, "who": "ann"}, INTERMITTENT | {"at": LATER}],
                 "intermittent", id="a source after a person"),
    pytest.param([INTERMITTENT | {"at": EARLIER}, FIXED | {"at": LATER, "who": "ann"}],
                 "fixed by commit", id="a person after a source"),
    pytest.param([INTERMITTENT | {"at": EARLIER, "who": "ann"},
                  FIXED | {"at": LATER, "is_inferred": True}],
                 "intermittent", id="inferred after a person"),
    pytest.param([FIXED | {"at": LATER, "is_inferred": True}, INTERMITTENT | {"at": EARLIER}],
                 "intermittent", id="a source before what was inferred"),
    pytest.param([INTERMITTENT | {"at": EARLIER, "is_inferred": True},
                  FIXED | {"at": LATER, "is_inferred": True}],
                 "fixed by commit", id="the newest inferred one"),
    pytest.param([INTERMITTENT | {"at": LATER}, FIXED | {"at": LATER}],
                 "fixed by commit", id="of one moment the last stored"),
    pytest.param([FIXED | {"at": LATER}, INTERMITTENT | {"at": LATER}],
                 "intermittent", id="of one moment the last stored, the other way round"),
]


@pytest.mark.parametrize("history, expected", HISTORIES)
def test_the_analysis_curation_and_the_ledger_agree(classified, sessions, history, expected):
    job = classified(*history)
    assert is_witness(sessions) == (expected == "fixed by commit")
    with sessions() as session:
        assert counted_classifications(session, [job])[job].classification == expected
        failing = still_failing(session, "autoland", "taskcluster")
    assert bool(failing) == (expected != "intermittent")


def test_without_a_classification_nothing_counts(classified, sessions):
    job = classified()
    assert not is_witness(sessions)
    with sessions() as session:
        assert counted_classifications(session, [job]) == {}
        assert still_failing(session, "autoland", "taskcluster") == {JOB}


@pytest.mark.parametrize("known_by, is_fixed", [
    pytest.param(EARLIER - timedelta(microseconds=1), False, id="before anything was said"),
    pytest.param(EARLIER, True, id="when the first was said"),
    pytest.param(LATER - timedelta(microseconds=1), True, id="just before the second"),
    pytest.param(LATER, False, id="when the second was said"),
])
def test_a_past_moment_sees_only_what_was_said_by_then(classified, sessions, known_by, is_fixed):
    classified(INTERMITTENT | {"at": LATER}, FIXED | {"at": EARLIER})
    assert is_witness(sessions, known_by) == is_fixed
