import pytest

from seta.domain import JobType, Pattern
from seta.errors import BadInput

MOCHITEST = JobType("windows10-64", "debug", "mochitest-browser-chrome", 3)
NAME = "test-windows10-64/debug-mochitest-browser-chrome-3"

CASES = [
    pytest.param(Pattern(), True, id="everything that was parsed"),
    pytest.param(Pattern(platform="windows10-64"), True, id="platform"),
    pytest.param(Pattern(platform="windows*"), True, id="platform glob"),
    pytest.param(Pattern(platform="windows"), False, id="no part of a word (R26)"),
    pytest.param(Pattern(platform="Windows*"), False, id="case counts"),
    pytest.param(Pattern(platform="windows[78]*"), False, id="set"),
    pytest.param(Pattern(platform="windows1?-64"), True, id="one character"),
    pytest.param(Pattern(build_type="debug"), True, id="build type"),
    pytest.param(Pattern(build_type="opt"), False, id="another build type"),
    pytest.param(Pattern(test_suite="mochitest-browser-chrome"), True, id="all chunks"),
    pytest.param(Pattern(test_suite="mochitest-browser-chrome-3"), True, id="the chunk"),
    pytest.param(Pattern(test_suite="mochitest-browser-chrome-4"), False, id="another chunk"),
    pytest.param(Pattern(test_suite="mochitest-*-3"), True, id="a chunk of any"),
    pytest.param(Pattern(test_suite="mochitest-*-33"), False, id="another chunk of any"),
    pytest.param(Pattern(test_suite="mochitest-*"), True, id="suite glob"),
    pytest.param(Pattern(test_suite="mochitest"), False, id="no part of a suite (R26)"),
    pytest.param(Pattern("windows*", "debug", "reftest*"), False, id="all words must match"),
    pytest.param(Pattern(name=NAME), True, id="full name"),
    pytest.param(Pattern(name=NAME[:-1] + "*"), False, id="a full name is not a glob"),
]


@pytest.mark.parametrize(("pattern", "matches"), CASES)
def test_a_pattern_picks_by_words_or_by_name(pattern, matches):
    assert pattern.matches(MOCHITEST, NAME) is matches


def test_what_was_not_parsed_is_picked_by_its_name_alone():
    assert not Pattern().matches(None, "source-test-mozlint")
    assert Pattern(name="source-test-mozlint").matches(None, "source-test-mozlint")
    assert not Pattern(name="source-test-mozlint").matches(None, "source-test-mozlint-eslint")


def test_a_suite_without_chunks_is_not_picked_by_one():
    gtest = JobType("linux64", "opt", "gtest")
    assert Pattern(test_suite="gtest").matches(gtest, "any")
    assert not Pattern(test_suite="gtest-1").matches(gtest, "any")
    assert not Pattern(test_suite="mochitest-*").matches(JobType("a", "b", "mochitest", 1), "any")


BAD = [
    pytest.param({"platform": ""}, "''", id="empty"),
    pytest.param({"platform": None}, "None", id="none"),
    pytest.param({"build_type": "opt "}, "'opt '", id="blank"),
    pytest.param({"test_suite": "linux64/opt-x"}, "linux64/opt-x", id="a label"),
    pytest.param({"platform": "windows[78"}, r"windows\[78", id="set not closed"),
    pytest.param({"platform": "windows[]"}, r"windows\[\]", id="empty set"),
    pytest.param({"platform": "a" * 201}, "aaa", id="too long"),
    pytest.param({"test_suite": "a\n"}, r"a\\n", id="line end"),
    pytest.param({"name": ""}, "''", id="empty name"),
    pytest.param({"name": 5}, "5", id="number for a name"),
    pytest.param({"name": "x", "platform": "linux64"}, "linux64", id="name and globs"),
]


@pytest.mark.parametrize(("words", "message"), BAD)
def test_a_pattern_that_could_never_match_is_refused(words, message):
    """R54: an override is validated when it is made, not when it silently does nothing."""
    with pytest.raises(BadInput, match=message):
        Pattern(**words)
