"""Symbols of jobs that came without them, as Treeherder showed them in March 2020 and before."""

import pytest

from seta.domain import JobType
from seta.names import parse, symbols_of


@pytest.mark.parametrize("label, group, symbol", [
    ("test-linux1804-64-qr/debug-mochitest-e10s-9", "M", "9"),
    ("test-linux1804-64-qr/debug-mochitest-fis-e10s-3", "M-fis", "3"),
    ("test-windows10-64-asan/opt-mochitest-media-spi-e10s", "M-spi", "mda"),
    ("test-linux64/debug-mochitest-browser-chrome-e10s-15", "M", "bc15"),
    ("test-macosx1014-64-shippable/opt-mochitest-devtools-chrome-e10s-3", "M", "dt3"),
    ("test-macosx1014-64-shippable/opt-mochitest-devtools-webreplay-e10s", "M", "dt-wr"),
    ("test-linux1804-64-shippable-qr/opt-reftest-e10s-4", "R", "R4"),
    ("test-linux1804-64-qr/debug-reftest-fis-e10s-4", "R-fis", "R4"),
    ("test-linux1804-64-asan/opt-reftest-no-accel-e10s-4", "R", "Ru4"),
    ("test-macosx1014-64/debug-web-platform-tests-e10s-1", "W", "wpt1"),
    ("test-linux1804-64-qr/debug-web-platform-tests-fis-e10s-1", "W-fis", "wpt1"),
    ("test-android-em-7.0-x86_64/opt-geckoview-xpcshell-e10s-2", "", "X2"),
    ("test-android-em-7.0-x86_64/opt-geckoview-junit-e10s", "", "gv-junit"),
])
def test_labels_get_the_symbols_that_treeherder_showed(label, group, symbol):
    assert symbols_of(parse(label, "taskcluster", "autoland")) == (group, symbol)


@pytest.mark.parametrize("test_suite, chunk, group, symbol", [
    ("mochitest", 0, "M", "M"), ("reftest", 0, "R", "R"), ("talos-other", 0, "T", "o"),
    ("xpcshell", 0, "", "X"), ("e10s", 1, "", ""), ("a-suite-of-ours", 2, "", ""),
])
def test_suites_get_the_symbols_of_buildbots_days_or_none(test_suite, chunk, group, symbol):
    assert symbols_of(JobType("linux64", "opt", test_suite, chunk)) == (group, symbol)
