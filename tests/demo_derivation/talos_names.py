"""How an alert's words become the builder name of the job that must have raised it.

The alerts name a tree, a platform and a *series* (one number of a suite); the builder that ran
the suite is not among them. Which suite made which series, and how builders spelled platforms, is
from the alert manager's own settings (jmaher/alert_manager, managed_settings.py, MPL-2.0), with
three additions that are marked below.
"""

PROJECTS = {
    "Mozilla-Inbound": "mozilla-inbound",
    "Fx-Team": "fx-team",
    "B2g-Inbound": "b2g-inbound",
    "Firefox": "mozilla-central",
    "mobile": "mozilla-central",
}

PLATFORMS = {
    "WINNT 5.1 (ix)": "Windows XP 32-bit",
    "WINNT 6.1 (ix)": "Windows 7 32-bit",
    "WINNT 6.2 x64": "Windows 8 64-bit",
    "Ubuntu HW 12.04": "Ubuntu HW 12.04",
    "Ubuntu HW 12.04 x64": "Ubuntu HW 12.04 x64",
    "MacOSX 10.6 (rev4)": "Rev4 MacOSX Snow Leopard 10.6",
    "MacOSX 10.8": "Rev5 MacOSX Mountain Lion 10.8",
    # Added: real builders of the time ran Android 4.0 on Panda boards, 2.2 on Tegra boards.
    "Android 4.0.4": "Android 4.0 Panda",
    "Android 2.2 (Native)": "Android 2.2 Tegra",
}

BUILD_SERIES = "LibXUL Memory during link"  # measured while linking: a build, not a suite

SUITES = {
    "CanvasMark": "chromez",
    "TResize": "chromez",
    "Dromaeo (CSS)": "dromaeojs",
    "Dromaeo (DOM)": "dromaeojs",
    "Kraken Benchmark": "dromaeojs",
    "V8 version 7": "dromaeojs",
    "TP5 Scroll": "g1",
    "WEBGL Terrain": "g1",
    "Paint": "other",
    "Session Restore Test": "other",
    "Session Restore no Auto Restore Test": "other",
    "Ts, Paint": "other",
    "a11y Row Major MozAfterPaint": "other",
    "WebRTC Media Performance Tests": "other_l64",
    "Customization Animation Tests": "svgr",
    "SVG, Opacity Row Major": "svgr",
    "SVG-ASAP": "svgr",
    "Tab Animation Test": "svgr",
    "tscroll-ASAP": "svgr",
    "Robocop Checkerboarding Real User Benchmark": "remote-trobocheck2",
    "Robocop Database Benchmark": "remote-troboprovider",
    "Robocop Pan Benchmark": "remote-trobopan",
    "Tp4 Mobile": "remote-tp4m_nochrome",
}

# Added: on Android these series came from remote suites of their own.
ANDROID_SUITES = {
    "CanvasMark": "remote-tcanvasmark",
    "SVG-ASAP": "remote-tsvgx",
    "Ts, Paint": "remote-ts",
}


def project_of(branch: str) -> str | None:
    """Return the project of an alert's branch; None for release trees, which run everything.

    >>> project_of("Mozilla-Inbound-Non-PGO")
    'mozilla-inbound'
    """
    return PROJECTS.get(branch.removesuffix("-Non-PGO"))


def suite_of(series: str, platform: str) -> str:
    """Return the Talos suite, as builders name it, that made a series.

    >>> suite_of("Tp5 Optimized (Main RSS)", "WINNT 5.1 (ix)")
    'tp5o'
    """
    if series.startswith("Tp5 No Network"):
        return "xperf"
    if series.startswith("Tp5 Optimized"):  # added: (XRes), like every other number of tp5o
        return "tp5o"
    if platform.startswith("Android"):
        return ANDROID_SUITES.get(series) or SUITES[series]
    return SUITES[series]


def is_pgo(branch: str, platform: str) -> bool:
    """Return whether an alert is of a pgo build; Mac and Android had none."""
    has_pgo = platform.startswith(("WINNT", "Ubuntu"))
    return has_pgo and not branch.endswith("-Non-PGO")


def builder_name(branch: str, platform: str, series: str) -> str:
    """Put together the builder name of the job that raised an alert.

    >>> builder_name("Fx-Team", "Ubuntu HW 12.04 x64", "Tp5 Optimized")
    'Ubuntu HW 12.04 x64 fx-team pgo talos tp5o'
    >>> builder_name("Fx-Team", "MacOSX 10.8", "Tp5 Optimized")
    'Rev5 MacOSX Mountain Lion 10.8 fx-team talos tp5o'
    """
    words = [PLATFORMS[platform], PROJECTS[branch.removesuffix("-Non-PGO")]]
    if is_pgo(branch, platform):
        words.append("pgo")
    return " ".join([*words, "talos", suite_of(series, platform)])
