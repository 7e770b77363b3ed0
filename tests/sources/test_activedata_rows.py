"""Cells that are null, scalar or list, and rows that are no job results."""

from collections import Counter
from datetime import UTC, datetime

import pytest

from seta.domain import Classification
from seta.sources.activedata.rows import decode_row
from seta.sources.job_rows import gather
from seta.sources.values import LeftOut

LABEL = "test-linux64/opt-mochitest-1"
BUILDER = "Ubuntu VM 12.04 x64 mozilla-inbound opt test mochitest-1"
FIX, OTHER = "9fa614d8310d" + "a" * 28, "b9222b391f89" + "6" * 28
FIXED, INTERMITTENT = "fixed by commit", "intermittent"


def make_row(**cells):
    return {
        "job_id": 17, "task_id": "abc", "label": LABEL, "branch": "autoland",
        "revision": "ab" * 20, "push_id": 76618, "push_date": 1000, "started": 1010,
        "duration": 12.3456, "result": "testfailed", "state": "completed", "tier": 2,
        "classification": FIXED, "last_modified": 5000.5, "buildtype": ["opt", "pgo"],
    } | cells


def decode(**cells):
    return decode_row(make_row(**cells), Counter())[0]


def test_a_row_of_plain_cells_is_a_result():
    result = decode()
    assert (result.job_id, result.push_id, result.tier) == ("17", "76618", 2)
    assert result.duration_ms == 12_346
    assert result.pushed_at == datetime.fromtimestamp(1000, UTC)


@pytest.mark.parametrize(("cells", "field", "value"), [
    pytest.param({"result": ["busted"]}, "result", "busted", id="list of one"),
    pytest.param({"label": [None, LABEL]}, "name", LABEL, id="list with a null"),
    pytest.param({"revision": "AB" * 6}, "revision", "ab" * 6, id="12 digits, upper case"),
    pytest.param({"push_id": None}, "push_id", None, id="no push id"),
    pytest.param({"push_id": 7.0}, "push_id", "7", id="a push id that is a float"),
    pytest.param({"push_id": "a b"}, "push_id", None, id="a push id no ledger can keep"),
    pytest.param({"tier": None}, "tier", 1, id="no tier"),
    pytest.param({"duration": None}, "duration_ms", None, id="no duration"),
    pytest.param({"duration": -3}, "duration_ms", None, id="a duration below 0"),
    pytest.param({"started": None}, "started_at", None, id="no start"),
    pytest.param({"started": 0}, "started_at", None, id="a start at 0"),
    pytest.param({"state": None}, "result", "testfailed", id="no state"),
    pytest.param({"job_id": "17"}, "job_id", "17", id="an id as text"),
    pytest.param({"push_date": "1000"}, "pushed_at", datetime.fromtimestamp(1000, UTC),
                 id="a time as text"),
    pytest.param({"classification": None}, "classification", None, id="no classification"),
    pytest.param({"classification": None}, "classified_at", None, id="nor a time of it"),
    pytest.param({"classification": "not classified"}, "classified_at",
                 datetime.fromtimestamp(5000.5, UTC), id="a star taken back: when it changed"),
])
def test_a_cell_may_be_null_scalar_or_list(cells, field, value):
    assert getattr(decode(**cells), field) == value


@pytest.mark.parametrize(("cells", "reason"), [
    pytest.param({"job_id": None}, "no job id", id="no id"),
    pytest.param({"job_id": 1.5}, "no job id", id="half an id"),
    pytest.param({"job_id": True}, "no job id", id="an id that is a truth value"),
    pytest.param({"task_id": None}, "no build system", id="neither system's id"),
    pytest.param({"label": " "}, "no name", id="blank name"),
    pytest.param({"task_id": None, "buildbot_id": 4}, "no name", id="Buildbot without its key"),
    pytest.param({"branch": None}, "no project", id="no branch"),
    pytest.param({"revision": "tip"}, "no revision", id="a revision that is none"),
    pytest.param({"push_date": None}, "no push time", id="no push time"),
    pytest.param({"push_date": "soon"}, "no push time", id="a time that is none"),
    pytest.param({"push_date": 1e30}, "no push time", id="a time beyond all"),
    pytest.param({"result": None}, "no result", id="no result"),
    pytest.param({"result": "fine"}, "unknown result", id="another result"),
    pytest.param({"state": "running", "result": None}, "still running", id="running"),
    pytest.param({"state": "pending"}, "still running", id="pending"),
    pytest.param({"result": ["busted", "success"]}, "several values where one belongs",
                 id="two results"),
    pytest.param({"revision": {"id": 1}}, "several values where one belongs", id="an object"),
])
def test_a_row_that_is_no_result_is_skipped_and_counted(cells, reason):
    with pytest.raises(LeftOut, match=f"^{reason}$"):
        decode(**cells)
    batch = gather([make_row(**cells), make_row()], decode_row, "it")
    assert [result.job_id for result in batch.results] == ["17"]
    assert batch.skipped == {reason: 1}


def test_the_id_that_a_row_carries_tells_its_build_system():
    """R32: a Buildbot row's name is its builder's, a Taskcluster row's its label."""
    assert decode(key=BUILDER).name == LABEL
    buildbot = decode(task_id=None, buildbot_id=44, key=BUILDER, label="mochitest-1")
    assert (buildbot.build_system, buildbot.name) == ("buildbot", BUILDER)


def test_a_classification_that_we_do_not_know_is_counted_and_the_job_kept():
    """R62: upstream invents names; the result itself is as good as before."""
    batch = gather([make_row(classification="cosmic ray")], decode_row, "it")
    assert batch.results[0].classification is None
    assert batch.skipped == {"unknown classification": 1}


@pytest.mark.parametrize("order", [1, -1], ids=["newest last", "newest first"])
def test_of_two_rows_of_one_job_the_one_changed_last_stays(order):
    rows = [make_row(last_modified=5000, classification=INTERMITTENT),
            make_row(last_modified=6000), make_row(job_id=18)]
    batch = gather(rows[::order], decode_row, "it")
    kept = {result.job_id: result.classification for result in batch.results}
    assert kept == {"17": Classification.FIXED_BY_COMMIT, "18": Classification.FIXED_BY_COMMIT}


def test_of_two_rows_changed_together_the_later_retry_stays():
    rows = [make_row(retry_id=1, result="success"), make_row(retry_id=0, result="exception")]
    assert gather(rows, decode_row, "it").results[0].result == "success"


NOTES = [
    pytest.param(None, None, None, (), 5000.5, id="no note"),
    pytest.param("", 2000, FIXED, (), 2000, id="a note without words"),
    pytest.param(FIX, 2000, FIXED, (FIX[:12],), 2000, id="one note"),
    pytest.param(FIX[:12], 2000, FIXED, (FIX[:12],), 2000, id="12 digits are as good as 40"),
    pytest.param(f"https://hg.mozilla.org/integration/autoland/rev/{FIX}/", 2000, FIXED,
                 (FIX[:12],), 2000, id="a URL"),
    pytest.param(f"{FIX} & {OTHER}", 2000, FIXED, (FIX[:12], OTHER[:12]), 2000,
                 id="two revisions"),
    pytest.param("bug 1338334, 5294fe1", 2000, FIXED, ("5294fe1",), 2000,
                 id="a short one, to be completed"),
    pytest.param(FIX, None, None, (FIX[:12],), 5000.5, id="a text alone"),
    pytest.param([FIX, OTHER], [2000, 3000], [FIXED, FIXED], (OTHER[:12],), 3000,
                 id="the newest counts"),
    pytest.param([FIX, OTHER], [3000, 2000], [FIXED, FIXED], (FIX[:12],), 3000,
                 id="newest by its time, not its place"),
    pytest.param([FIX, OTHER], [2000, 3000], [FIXED, INTERMITTENT], (FIX[:12],), 2000,
                 id="only notes that say fixed by commit"),
    pytest.param([None, FIX], [2000, 3000], [INTERMITTENT, FIXED], (FIX[:12],), 3000,
                 id="a null among the texts"),
    pytest.param([FIX, None], [2000, 3000], [FIXED, FIXED], (), 3000,
                 id="the newest names nothing"),
    pytest.param([FIX, None], [2000, 3000], [INTERMITTENT, "infra"], (), 5000.5,
                 id="no note says it"),
    pytest.param([FIX, OTHER], None, None, (OTHER[:12],), 5000.5, id="texts alone: the last"),
    pytest.param(FIX, [2000, 3000], [FIXED, FIXED], (FIX[:12],), 5000.5,
                 id="fewer texts than times"),
    pytest.param(FIX, [2000, 3000], [INTERMITTENT, FIXED], (FIX[:12],), 5000.5,
                 id="a text that may be either's: it names a revision"),
    pytest.param("known", [2000, 3000], [INTERMITTENT, FIXED], (), 5000.5,
                 id="a text that may be either's: it names none"),
    pytest.param([FIX, OTHER], [2000, 3000], FIXED, (OTHER[:12],), 3000,
                 id="one classification for two texts"),
    pytest.param([OTHER, "seen again", FIX], [1, 2], [FIXED, INTERMITTENT], (FIX[:12],), 5000.5,
                 id="three texts, two of all else: the last that names one"),
    pytest.param([7, {"a": 1}], [2000, "x"], [FIXED, FIXED], (), 5000.5 - 3000.5,
                 id="words that are none"),
]


@pytest.mark.parametrize(("text", "created", "said", "fixed_by", "at"), NOTES)
def test_the_newest_note_that_says_fixed_counts(text, created, said, fixed_by, at):
    """R46: every form of failure.notes; R49: the time is when it was said."""
    result = decode(note_text=text, note_created=created, note_classification=said)
    assert result.fixed_by == fixed_by
    assert result.classified_at == datetime.fromtimestamp(at, UTC)


@pytest.mark.parametrize("said", [INTERMITTENT, "infra", "not classified"])
def test_notes_of_a_job_that_is_not_fixed_by_a_commit_do_not_count(said):
    """R48: only classification 2; a star that was taken back leaves its note behind."""
    assert decode(classification=said, note_text=FIX, note_classification=FIXED).fixed_by == ()
