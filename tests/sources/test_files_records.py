"""The schema of a record and its decoder say the same, and a bad record says what is wrong."""

import json
from datetime import UTC, datetime

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seta.domain import RESULTS, Classification, JobResult, JobType, ListedJob
from seta.errors import BadInput
from seta.sources.files import decode_record, record_schema
from seta.sources.files.records import record_schema_text

FIX = "9fa614d8310d" + "a" * 28
RESULT = {
    "kind": "result", "namespace": "ci", "job_id": "17", "project": "autoland",
    "build_system": "taskcluster", "name": "test-linux64/opt-xpcshell-1",
    "revision": "ab" * 20, "pushed_at": "2018-10-11T19:59:16Z", "result": "success",
}
JOB = {
    "kind": "job", "project": "autoland", "build_system": "taskcluster",
    "name": "test-linux64/opt-xpcshell-1", "seen_at": "2018-10-11T19:59:16Z",
}
FULL = RESULT | {
    "platform": "linux64", "build_type": "opt", "test_suite": "xpcshell", "chunk": 1,
    "push_id": "76618", "started_at": "2018-10-11T22:00:00.5+02:00", "duration": 12.3456,
    "result": "testfailed", "tier": 2, "classification": "fixed by commit",
    "classified_at": "2018-10-12T00:00:00Z", "fixed_by": [f"https://hg.mozilla.org/rev/{FIX}"],
}
NULLS = RESULT | dict.fromkeys([
    "platform", "build_type", "test_suite", "chunk", "push_id", "started_at", "duration", "tier",
    "is_build", "classification", "classified_at", "fixed_by"])

formats = jsonschema.FormatChecker(formats=())


@formats.checks("date-time", raises=ValueError)
def is_date_time(value):
    return not isinstance(value, str) or bool(datetime.fromisoformat(value.upper()))


validator = jsonschema.Draft202012Validator(record_schema(), format_checker=formats)


def decode(record):
    return decode_record(json.dumps(record).encode())


def without(record, field):
    return {name: value for name, value in record.items() if name != field}


GOOD = [
    pytest.param(RESULT, id="result, only what is needed"),
    pytest.param(FULL, id="result, all"),
    pytest.param(NULLS, id="result, null for all that may be left out"),
    pytest.param(JOB, id="job, only what is needed"),
    pytest.param(JOB | {"tier": 3, "symbol": "X1", "group_symbol": "X", "platform": "linux64",
                        "build_type": "opt", "test_suite": "xpcshell"}, id="job, all"),
    pytest.param(JOB | {"symbol": "", "group_symbol": None}, id="job without symbols"),
    pytest.param(JOB | {"is_build": True}, id="job that is a build"),
    pytest.param(RESULT | {"is_build": False}, id="result of what is no build"),
    pytest.param(RESULT | {"duration": 0}, id="no time at all"),
    pytest.param(RESULT | {"revision": "0" * 12}, id="a short revision"),
    pytest.param(RESULT | {"revision": "r1234.5_x-Y"}, id="a revision that is not a hash"),
    pytest.param(RESULT | {"job_id": 17, "push_id": 9}, id="ids that are numbers"),
    pytest.param(RESULT | {"pushed_at": "2018-10-11 19:59:16.123456789-0000"}, id="RFC 3339"),
    pytest.param(RESULT | {"name": "Windows 8 64-bit inbound debug test mochitest-1"},
                 id="a name with spaces"),
    pytest.param(RESULT | {"name": "测试 été"}, id="a name beyond ASCII"),
    pytest.param(RESULT | {"push_id": "a.B_c:d-9"}, id="an opaque push id"),
    pytest.param(RESULT | {"fixed_by": []}, id="no fix"),
    pytest.param(RESULT | {"classification": "intermittent"}, id="intermittent"),
    pytest.param(FULL | {"fixed_by": ["", "backed out"]}, id="a note that names nothing"),
]

BAD = [
    pytest.param(RESULT | {"kind": "push"}, r"kind: .*'push'", id="unknown kind"),
    pytest.param(without(RESULT, "kind"), "missing required field `kind`", id="no kind"),
    *(pytest.param(without(RESULT, field), f"missing required field `{field}`", id=f"no {field}")
      for field in RESULT if field != "kind"),
    pytest.param(without(JOB, "seen_at"), "missing required field `seen_at`", id="no seen_at"),
    pytest.param(RESULT | {"fixedby": "x"}, "unknown field `fixedby`", id="a field too many"),
    pytest.param(JOB | {"result": "success"}, "unknown field `result`", id="of the other kind"),
    pytest.param([RESULT], "got `array`", id="a list"),
    pytest.param("result", "got `str`", id="a string"),
    pytest.param(None, "got `null`", id="null"),
    pytest.param(RESULT | {"job_id": 1.5}, "job_id: .*1.5", id="half an id"),
    pytest.param(RESULT | {"job_id": -1}, "job_id: .*-1", id="an id below nothing"),
    pytest.param(RESULT | {"job_id": True}, "job_id: .*True", id="an id that is a truth value"),
    pytest.param(RESULT | {"tier": "1"}, "tier: .*'1'", id="a tier that is text"),
    pytest.param(RESULT | {"tier": 0}, "tier: .*: 0", id="tier 0"),
    pytest.param(RESULT | {"tier": 4}, "tier: .*: 4", id="tier 4"),
    pytest.param(RESULT | {"tier": True}, "tier: .*True", id="a tier that is a truth value"),
    pytest.param(RESULT | {"pushed_at": "2018-10-11T19:59:16"}, "pushed_at: .*2018-10-11T19:59:16",
                 id="naive time"),
    pytest.param(RESULT | {"pushed_at": "2018-02-30T00:00:00Z"}, "pushed_at: .*02-30",
                 id="no such day"),
    pytest.param(RESULT | {"pushed_at": 1539287956}, "pushed_at: .*1539287956",
                 id="epoch seconds"),
    pytest.param(RESULT | {"pushed_at": "yesterday"}, "pushed_at: .*yesterday", id="words"),
    pytest.param(RESULT | {"pushed_at": "1969-12-31T00:00:00Z"}, "pushed_at .*1969", id="too old"),
    pytest.param(RESULT | {"pushed_at": "2100-01-01T00:00:00Z"}, "pushed_at .*2100",
                 id="too far off"),
    pytest.param(FULL | {"started_at": "x"}, "started_at: .*'x'", id="a start that is none"),
    pytest.param(FULL | {"classified_at": "2018-10-12"}, "classified_at: .*2018-10-12",
                 id="a day without a time"),
    pytest.param(RESULT | {"name": ""}, "name is empty: ''", id="empty name"),
    pytest.param(RESULT | {"name": "  "}, "name is empty: '  '", id="blank name"),
    pytest.param(RESULT | {"name": "a\nb"}, r"name has control characters.*'a\\nb'",
                 id="a name of two lines"),
    pytest.param(RESULT | {"name": "a\x00b"}, "name has control characters", id="a name with NUL"),
    pytest.param(RESULT | {"name": "ab\n"}, "name has control characters", id="a newline behind"),
    pytest.param(RESULT | {"name": " a"}, "space at an end: ' a'", id="a space before"),
    pytest.param(RESULT | {"name": "x" * 256}, "longer than 255", id="a name too long"),
    pytest.param(RESULT | {"duration": -1}, "duration: .*: -1", id="negative duration"),
    pytest.param(RESULT | {"duration": 1e9}, "duration: .*1000000000", id="over a year"),
    pytest.param(RESULT | {"duration": "12"}, "duration: .*'12'", id="a duration that is text"),
    pytest.param(RESULT | {"result": "passed"}, "result is one of .*, not 'passed'",
                 id="unknown result"),
    pytest.param(RESULT | {"revision": ""}, "revision .*''", id="no revision at all"),
    pytest.param(RESULT | {"revision": "a b"}, "revision .*'a b'", id="a space in a revision"),
    pytest.param(RESULT | {"revision": "ab" * 33}, "revision must be 1 to 64", id="66 digits"),
    pytest.param(RESULT | {"revision": "ab" * 20 + "\n"}, "revision must be 1 to 64",
                 id="a revision and a newline"),
    pytest.param(RESULT | {"push_id": ""}, "push_id .*''", id="empty push id"),
    pytest.param(RESULT | {"push_id": "a/b"}, "push_id .*'a/b'", id="a slash in a push id"),
    pytest.param(RESULT | {"push_id": "9" * 65}, "push_id must be 1 to", id="a push id too long"),
    pytest.param(RESULT | {"push_id": -1}, "push_id: .*: -1", id="a push id below nothing"),
    pytest.param(RESULT | {"project": "a:b"}, "project .*'a:b'", id="a colon in a project"),
    pytest.param(RESULT | {"project": "a b"}, "project .*'a b'", id="a space in a project"),
    pytest.param(RESULT | {"namespace": ""}, "namespace .*''", id="empty namespace"),
    pytest.param(RESULT | {"job_id": "a b"}, "job_id .*'a b'", id="a space in a job id"),
    pytest.param(RESULT | {"build_system": "*"}, r"build_system .*'\*'", id="a star"),
    pytest.param(RESULT | {"classification": "flaky"}, "classification .*'flaky'",
                 id="unknown classification"),
    pytest.param(RESULT | {"fixed_by": [FIX]}, "fixed_by needs .*not None",
                 id="a fix without the classification"),
    pytest.param(FULL | {"classification": "infra"}, "fixed_by needs .*not 'infra'",
                 id="a fix with another classification"),
    pytest.param(FULL | {"fixed_by": FIX}, "fixed_by: .*9fa614d8310d", id="fix is not a list"),
    pytest.param(FULL | {"fixed_by": [1]}, r"fixed_by\[0\]: .*: 1", id="a fix that is a number"),
    pytest.param(RESULT | {"classified_at": "2018-10-12T00:00:00Z"}, "classified_at needs",
                 id="a time of no classification"),
    pytest.param(without(FULL, "platform"), "all or none, not None, 'opt', 'xpcshell'",
                 id="three of the four"),
    pytest.param(RESULT | {"chunk": 1}, r"all or none.*chunk 1", id="a chunk alone"),
    pytest.param(JOB | {"test_suite": "x"}, "all or none", id="a suite alone"),
    pytest.param(FULL | {"test_suite": ""}, "test_suite is empty", id="an empty suite"),
    pytest.param(FULL | {"chunk": -1}, "chunk: .*-1", id="a chunk below 0"),
    pytest.param(FULL | {"chunk": 1.5}, "chunk: .*1.5", id="half a chunk"),
    pytest.param(JOB | {"is_build": 1}, "is_build: .*: 1", id="a number for a truth value"),
    pytest.param(JOB | {"symbol": "a\tb"}, "symbol has control", id="a tab in a symbol"),
]


def test_a_result_keeps_all_that_was_written():
    assert decode(FULL) == JobResult(
        namespace="ci", job_id="17", project="autoland", build_system="taskcluster",
        name="test-linux64/opt-xpcshell-1", revision="ab" * 20,
        pushed_at=datetime(2018, 10, 11, 19, 59, 16, tzinfo=UTC), result="testfailed",
        push_id="76618", started_at=datetime(2018, 10, 11, 20, 0, 0, 500_000, tzinfo=UTC),
        duration_ms=12_346, tier=2, classification=Classification.FIXED_BY_COMMIT,
        classified_at=datetime(2018, 10, 12, tzinfo=UTC), fixed_by=("9fa614d8310d",),
        job_type=JobType("linux64", "opt", "xpcshell", 1))


@pytest.mark.parametrize("record", [RESULT, JOB], ids=["result", "job"])
def test_a_record_may_say_that_its_job_is_a_build(record):
    assert [decode(record | more).is_build for more in (
        {}, {"is_build": True}, {"is_build": False})] == [None, True, False]


def test_times_are_kept_in_utc():
    """R41: whatever zone they were written in."""
    assert decode(FULL).started_at.isoformat() == "2018-10-11T20:00:00.500000+00:00"


def test_what_is_left_out_has_its_default():
    result = decode(RESULT)
    assert (result.tier, result.fixed_by, result.job_type) == (1, (), None)
    assert (result.push_id, result.started_at, result.duration_ms) == (None, None, None)
    assert decode(NULLS) == result


def test_a_classification_without_its_time_is_told_as_such():
    """Whoever stores it takes the push time, and reports it."""
    result = decode(without(FULL, "classified_at"))
    assert result.classification is Classification.FIXED_BY_COMMIT
    assert result.classified_at is None


@pytest.mark.parametrize(("texts", "found"), [
    pytest.param([FIX, FIX[:12]], (FIX[:12],), id="12 and 40 digits of one"),
    pytest.param([f"{FIX}, see bug 1338334", "b9222b391f89"], (FIX[:12], "b9222b391f89"),
                 id="two of two texts"),
    pytest.param(["fixed by 5294fe1", FIX], (FIX[:12], "5294fe1"), id="a short one"),
])
def test_fixes_are_read_as_a_sheriffs_note_is(texts, found):
    """R46: any text; 12 and 40 digits are one fix."""
    assert decode(FULL | {"fixed_by": texts}).fixed_by == found


def test_a_job_record_is_an_entry_of_a_list():
    assert decode(JOB | {"symbol": "X1"}) == ListedJob(
        "autoland", "taskcluster", "test-linux64/opt-xpcshell-1",
        datetime(2018, 10, 11, 19, 59, 16, tzinfo=UTC), 1, "", "X1")


@pytest.mark.parametrize("record", GOOD)
def test_a_good_record_is_good_to_schema_and_decoder(record):
    validator.validate(record)
    assert isinstance(decode(record), JobResult if record["kind"] == "result" else ListedJob)


@pytest.mark.parametrize(("record", "reason"), BAD)
def test_a_bad_record_is_bad_to_both_and_says_why(record, reason):
    assert not validator.is_valid(record)
    with pytest.raises(BadInput, match=reason):
        decode(record)


@pytest.mark.parametrize(("line", "reason"), [
    pytest.param(b"{", "not JSON: .*{", id="cut off"),
    pytest.param(b"hello", "not JSON: .*hello", id="words"),
    pytest.param(b"", "not JSON", id="nothing"),
    pytest.param(b'{"kind": "r\xe9sult"}', "not UTF-8|not JSON", id="Latin-1"),
    pytest.param(b'{"kind": "result", "duration": NaN}', "not JSON", id="not a number"),
    pytest.param(json.dumps(RESULT).encode() * 2, "not JSON", id="two records on one line"),
    pytest.param(b'{"kind":' * 50_000, "nested too deep|not JSON|kind", id="nested too deep"),
])
def test_a_line_that_is_no_json_says_so(line, reason):
    with pytest.raises(BadInput, match=reason):
        decode_record(line)


def test_the_schema_is_a_schema_and_names_what_the_domain_knows():
    jsonschema.Draft202012Validator.check_schema(record_schema())
    fields = record_schema()["$defs"]["result"]["properties"]
    assert set(fields["result"]["enum"]) == RESULTS
    assert set(fields["classification"]["enum"]) == {None, *Classification}
    assert json.loads(record_schema_text()) == record_schema()


moments = st.sampled_from([
    "2018-10-11T19:59:16Z", "2018-10-11t19:59:16.1z", "2018-10-11 19:59:16+05:30",
    "2018-10-11T19:59:16-0800", "2018-13-11T19:59:16Z", "2018-10-11T25:00:00Z", "2018-10-11",
    "2018-10-11T19:59:16", "2018-10-11T19:59Z", "1969-01-01T00:00:00Z", "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59Z", "2018-10-11T19:59:16+24:00", "2018-10-11T19:59:16.Z", "",
])
texts = st.one_of(
    st.text(st.characters(codec="utf-8"), max_size=8), st.sampled_from(["a", "autoland", "a\n"]),
    st.from_regex(r"[0-9a-f]{10,14}", fullmatch=True))
# No 1.0 where an integer belongs: to JSON Schema it is one, to the decoder not.
anything = st.one_of(
    st.none(), st.booleans(), st.integers(-5, 5), st.integers(-10**20, 10**20),
    st.floats(allow_nan=False, allow_infinity=False).filter(lambda x: not x.is_integer()),
    texts, moments, st.lists(texts, max_size=2), st.sampled_from(sorted(RESULTS)),
    st.sampled_from(list(Classification)), st.dictionaries(texts, texts, max_size=1))
changes = st.dictionaries(
    st.sampled_from(sorted({*FULL, *JOB, "symbol", "group_symbol", "more"} - {"kind"})),
    anything, max_size=3)


@settings(max_examples=600, deadline=None)
@given(st.sampled_from([RESULT, FULL, NULLS, JOB]), changes, st.sets(st.sampled_from(list(FULL))))
def test_schema_and_decoder_agree_on_any_change_of_a_record(record, change, left_out):
    """Whatever stands in whatever field: both take it, or neither does."""
    few = set(sorted(left_out)[:2])
    changed = {name: value for name, value in (record | change).items() if name not in few}
    try:
        decode(changed)
    except BadInput:
        assert not validator.is_valid(changed)
    else:
        validator.validate(changed)


def test_ids_that_are_numbers_are_as_good_as_their_digits():
    found = decode_record(json.dumps(RESULT | {"job_id": 17, "push_id": 9}).encode())
    assert (found.job_id, found.push_id) == ("17", "9")
