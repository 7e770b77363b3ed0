from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seta.domain import JobType, NewFields, Pattern, Rename
from seta.errors import BadInput
from seta.names import apply_renames, check_renames

DAY = datetime(2019, 4, 1, tzinfo=UTC)


def rename(old, new, days=0):
    return Rename(Pattern(**old), NewFields(**new), DAY + timedelta(days=days), "ann", "moved")


YOSEMITE = rename({"platform": "osx-10-8"}, {"platform": "osx-10-10"})
MOJAVE = rename({"platform": "osx-10-10"}, {"platform": "osx-10-14"}, days=30)
SHIPPABLE = rename({"platform": "windows*", "build_type": "pgo"}, {"build_type": "shippable"})


@pytest.mark.parametrize(
    ("job_type", "renames", "expected"),
    [
        pytest.param(JobType("osx-10-8", "opt", "x", 2), [YOSEMITE],
                     JobType("osx-10-10", "opt", "x", 2), id="words not named stay"),
        pytest.param(JobType("linux64", "opt", "x"), [YOSEMITE, SHIPPABLE],
                     JobType("linux64", "opt", "x"), id="not meant"),
        pytest.param(JobType("linux64", "opt", "x"), [], JobType("linux64", "opt", "x"),
                     id="no renames"),
        pytest.param(JobType("windows7-32", "pgo", "x"), [SHIPPABLE],
                     JobType("windows7-32", "shippable", "x"), id="glob"),
        pytest.param(JobType("windows7-32", "opt", "x"), [SHIPPABLE],
                     JobType("windows7-32", "opt", "x"), id="all words of the pattern"),
        pytest.param(JobType("osx-10-8", "opt", "x"), [MOJAVE, YOSEMITE],
                     JobType("osx-10-14", "opt", "x"), id="chain"),
        pytest.param(JobType("a", "opt", "mochitest", 4),
                     [rename({"test_suite": "mochitest"}, {"test_suite": "mochitest-plain"})],
                     JobType("a", "opt", "mochitest-plain", 4), id="suite, chunk kept"),
        pytest.param(JobType("a", "opt", "mochitest", 4),
                     [rename({"test_suite": "mochitest-4"}, {"test_suite": "media", "chunk": 0})],
                     JobType("a", "opt", "media"), id="one chunk becomes a suite"),
        pytest.param(JobType("a", "opt", "mochitest", 5),
                     [rename({"test_suite": "mochitest-4"}, {"test_suite": "media", "chunk": 0})],
                     JobType("a", "opt", "mochitest", 5), id="another chunk"),
        pytest.param(JobType("osx-10-8", "opt", "x"),
                     [rename({"platform": "osx-*"}, {"platform": "osx-10-14"})],
                     JobType("osx-10-14", "opt", "x"), id="the result matches too"),
    ],
)
def test_history_is_read_through_renames(job_type, renames, expected):
    """R30: a job type that is renamed keeps what it caught."""
    for order in permutations(renames):
        assert apply_renames(job_type, order) == expected


@pytest.mark.parametrize(
    ("at", "platform"),
    [
        pytest.param(DAY - timedelta(seconds=1), "osx-10-8", id="before"),
        pytest.param(DAY, "osx-10-10", id="at that moment"),
        pytest.param(DAY + timedelta(days=29), "osx-10-10", id="before the second"),
        pytest.param(DAY + timedelta(days=30), "osx-10-14", id="after both"),
        pytest.param(None, "osx-10-14", id="now"),
    ],
)
def test_a_past_moment_knows_the_renames_of_its_past(at, platform):
    job_type = JobType("osx-10-8", "opt", "x")
    assert apply_renames(job_type, [MOJAVE, YOSEMITE], at).platform == platform


CIRCLES = [
    pytest.param([YOSEMITE, rename({"platform": "osx-10-10"}, {"platform": "osx-10-8"})],
                 id="back"),
    pytest.param([rename({"platform": a}, {"platform": b}) for a, b in ("ab", "bc", "ca")],
                 id="of three"),
    pytest.param([rename({"build_type": "opt"}, {"build_type": "shippable"}),
                  rename({"platform": "win*", "build_type": "ship*"}, {"build_type": "opt"})],
                 id="of globs"),
    pytest.param([rename({"test_suite": "a-1"}, {"chunk": 2}),
                  rename({"test_suite": "a-2"}, {"chunk": 1})], id="of chunks"),
]


@pytest.mark.parametrize("renames", CIRCLES)
def test_cycles_are_refused(renames):
    with pytest.raises(BadInput, match="cycle"):
        check_renames(renames)


def test_reading_through_a_cycle_is_an_error_and_ends():
    cycle = [YOSEMITE, rename({"platform": "osx-10-10"}, {"platform": "osx-10-8"})]
    with pytest.raises(BadInput, match="osx-10-8/opt-x -> osx-10-10/opt-x"):
        apply_renames(JobType("osx-10-8", "opt", "x"), cycle)


@pytest.mark.parametrize(
    "renames",
    [
        pytest.param([], id="none"),
        pytest.param([YOSEMITE], id="one"),
        pytest.param([YOSEMITE, YOSEMITE], id="the same twice"),
        pytest.param([YOSEMITE, MOJAVE, SHIPPABLE], id="chain"),
        pytest.param([rename({"platform": "windows*", "build_type": "opt"}, {"build_type": "pgo"}),
                      rename({"platform": "linux*", "build_type": "pgo"}, {"build_type": "opt"})],
                     id="platforms that never meet"),
        pytest.param([rename({"platform": "osx-*"}, {"platform": "osx-10-10"}),
                      rename({"platform": "osx-10-*"}, {"build_type": "shippable"})],
                     id="both match the result, each sets a word of its own"),
    ],
)
def test_renames_that_end_are_taken(renames):
    check_renames(renames)
    job_types = [JobType(platform, build_type, "x") for platform in ("osx-10-8", "windows7-32")
                 for build_type in ("opt", "pgo")]
    for job_type in job_types:
        renamed = apply_renames(job_type, renames)
        assert apply_renames(renamed, renames) == renamed


WORDS = st.sampled_from(["a", "ab", "b", "ba"])
GLOBS = st.sampled_from(["*", "a", "ab", "b", "ba", "a*", "*a", "?"])
RENAME = st.builds(
    lambda old, new, days: rename(old, new, days),
    st.fixed_dictionaries({"platform": GLOBS, "build_type": GLOBS}),
    st.fixed_dictionaries({}, optional={"platform": WORDS, "build_type": WORDS}).filter(bool),
    st.integers(0, 3),
)


@settings(deadline=None, max_examples=300)
@given(st.lists(RENAME, max_size=4))
def test_whatever_passes_the_check_ends_for_every_job_type(renames):
    try:
        check_renames(renames)
    except BadInput:
        return
    for platform in ("a", "ab", "b", "ba"):
        for build_type in ("a", "ab", "b", "ba"):
            renamed = apply_renames(JobType(platform, build_type, "x"), renames)
            assert apply_renames(renamed, renames) == renamed


@pytest.mark.parametrize(
    ("make", "message"),
    [
        pytest.param(lambda: NewFields(), "needs a new platform", id="nothing new"),
        pytest.param(lambda: NewFields(platform="osx-*"), r"osx-\*", id="a glob"),
        pytest.param(lambda: NewFields(platform=""), "''", id="empty"),
        pytest.param(lambda: NewFields(chunk=-1), "-1", id="chunk below none"),
        pytest.param(lambda: NewFields(chunk="1"), "'1'", id="chunk that is no number"),
        pytest.param(lambda: rename({"name": "test-a/opt-x"}, {"platform": "b"}), "test-a/opt-x",
                     id="of one name"),
        pytest.param(lambda: Rename(Pattern("a"), NewFields("b"), datetime(2019, 4, 1), "ann", "w"),
                     "2019-04-01", id="no time zone"),
        pytest.param(lambda: Rename(Pattern("a"), NewFields("b"), DAY, " ", "why"), "' '",
                     id="nobody"),
        pytest.param(lambda: Rename(Pattern("a"), NewFields("b"), DAY, "ann", ""), "''",
                     id="no reason"),
    ],
)
def test_a_rename_that_makes_no_sense_cannot_be_made(make, message):
    with pytest.raises(BadInput, match=message):
        make()
