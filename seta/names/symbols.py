"""Treeherder's symbols of well-known test suites, for jobs that came without them.

A job list carries symbols; a result alone does not. They are only shown, and decide nothing. The
table is of facts: what Treeherder showed for Mozilla's suites between 2013 and 2020.
"""

from ..domain import JobType

NO_GROUP = ""
# The group and the symbol; a chunk is added to the symbol.
SYMBOLS = {
    "build": (NO_GROUP, "B"),
    "cppunit": (NO_GROUP, "Cpp"),
    "crashtest": ("R", "C"),
    "geckoview-junit": (NO_GROUP, "gv-junit"),
    "geckoview-xpcshell": (NO_GROUP, "X"),
    "gtest": (NO_GROUP, "GTest"),
    "jittest": (NO_GROUP, "Jit"),
    "jsreftest": ("R", "J"),
    "marionette": (NO_GROUP, "Mn"),
    "mochitest": ("M", ""),
    "mochitest-a11y": ("M", "a11y"),
    "mochitest-browser-chrome": ("M", "bc"),
    "mochitest-chrome": ("M", "c"),
    "mochitest-clipboard": ("M", "cl"),
    "mochitest-devtools-chrome": ("M", "dt"),
    "mochitest-devtools-webreplay": ("M", "dt-wr"),
    "mochitest-gpu": ("M", "gpu"),
    "mochitest-jetpack": ("M", "JP"),
    "mochitest-media": ("M", "mda"),
    "mochitest-other": ("M", "oth"),
    "mochitest-plain": ("M", ""),
    "mochitest-webgl": ("M", "gl"),
    "reftest": ("R", "R"),
    "reftest-no-accel": ("R", "Ru"),
    "robocop": ("M", "rc"),
    "talos-chrome": ("T", "c"),
    "talos-chromez": ("T", "c"),
    "talos-dromaeojs": ("T", "d"),
    "talos-g1": ("T", "g1"),
    "talos-g2": ("T", "g2"),
    "talos-g3": ("T", "g3"),
    "talos-g4": ("T", "g4"),
    "talos-g5": ("T", "g5"),
    "talos-other": ("T", "o"),
    "talos-svgr": ("T", "s"),
    "talos-tp5o": ("T", "tp"),
    "talos-xperf": ("T", "x"),
    "web-platform-tests": ("W", "wpt"),
    "web-platform-tests-reftests": ("W", "Wr"),
    "web-platform-tests-wdspec": ("W", "Wd"),
    "xpcshell": (NO_GROUP, "X"),
}
UNMARKED = ("e10s",)          # says nothing in a symbol
OF_THE_GROUP = ("fis", "spi")  # `M-fis`


def symbols_of(job_type: JobType) -> tuple[str, str]:
    """Return the group and the symbol by Treeherder's conventions; empty where none are known.

    >>> symbols_of(JobType("linux64", "opt", "mochitest-browser-chrome-fis-e10s", 3))
    ('M-fis', 'bc3')
    >>> symbols_of(JobType("linux64", "opt", "a-suite-of-another-ci", 3))
    ('', '')
    """
    suite, marks = _without_marks(job_type.test_suite)
    if suite not in SYMBOLS:
        return "", ""
    group, symbol = SYMBOLS[suite]
    chunk = str(job_type.chunk) if job_type.chunk else ""
    marked = "-".join([group, *marks]) if group else NO_GROUP
    return marked, symbol + chunk or group


def _without_marks(suite: str) -> tuple[str, list[str]]:
    """Split the words at the end that only say how the suite runs from its name."""
    marks: list[str] = []
    while True:
        rest, _, word = suite.rpartition("-")
        if word in OF_THE_GROUP:
            marks.insert(0, word)
        elif word not in UNMARKED:
            return suite, marks
        suite = rest
