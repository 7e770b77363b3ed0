import pytest

from seta.domain import JobType
from seta.names import parse

LABELS = [
    ("test-linux64/opt-mochitest-1", "linux64", "opt", "mochitest", 1),
    ("desktop-test-linux64/debug-xpcshell-3", "linux64", "debug", "xpcshell", 3),
    ("android-test-android-4.3-arm7-api-15/opt-cppunit",
     "android-4-3-armv7-api15", "opt", "cppunit", 0),
    ("test-linux64-pgo/opt-x", "linux64", "pgo", "x", 0),
    ("test-linux64-asan/opt-x", "linux64", "asan", "x", 0),
    ("test-linux64-tsan/opt-x", "linux64", "tsan", "x", 0),
    ("test-linux64-ccov/opt-x", "linux64", "ccov", "x", 0),
    ("test-linux64-asan/debug-x", "linux64", "asan-debug", "x", 0),
    ("test-linux64-asan-ccov/opt-x", "linux64", "asan-ccov", "x", 0),
    ("test-asan/opt-x", "asan", "opt", "x", 0),
    ("test-linux1804-64-asan-qr/opt-x", "linux1804-64-asan-qr", "opt", "x", 0),
    ("test-linux1804-64-shippable-qr/opt-reftest-e10s-5",
     "linux1804-64-shippable-qr", "opt", "reftest-e10s", 5),
    ("test-macosx64/debug-x", "osx-10-10", "debug", "x", 0),
    ("test-macosx64-qr/debug-x", "macosx64-qr", "debug", "x", 0),
    ("test-macosx1014-64/debug-x", "macosx1014-64", "debug", "x", 0),
    ("test-android-em-7.0-x86_64/opt-x", "android-em-7-0-x86_64", "opt", "x", 0),
    ("test-android-v.4/opt-x", "android-v.4", "opt", "x", 0),
    ("test-android-em-4.3-arm7-api-16/pgo-reftest-1proc-9",
     "android-em-4-3-armv7-api16", "pgo", "reftest-1proc", 9),
    ("test-windows10-64/opt-talos-g1-e10s", "windows10-64", "opt", "talos-g1-e10s", 0),
    ("test-linux64/opt-talos-pdfpaint-1-swr", "linux64", "opt", "talos-pdfpaint-1-swr", 0),
    ("test-linux64/opt-mochitest-e10s-browser-chrome-2",
     "linux64", "opt", "mochitest-browser-chrome-e10s", 2),
    ("test-linux64/opt-jittests-4", "linux64", "opt", "jittest", 4),
    ("test-linux64/opt-x-0", "linux64", "opt", "x-0", 0),
    ("test-linux64/opt-x-01", "linux64", "opt", "x-01", 0),
    ("test-linux64/opt-x-20261124", "linux64", "opt", "x-20261124", 0),
    ("test-linux64/opt-5", "linux64", "opt", "5", 0),
    ("build-linux/opt", "linux32", "opt", "build", 0),
    ("build-linux64-asan/debug", "linux64", "asan-debug", "build", 0),
    ("build-linux64-asan-fuzzing/opt", "linux64-asan-fuzzing", "opt", "build", 0),
    ("build-win64-aarch64-shippable/opt", "windows2012-aarch64-shippable", "opt", "build", 0),
    ("build-win64-noopt-asan/opt", "windows2012-64-noopt", "asan", "build", 0),
    ("build-macosx64/debug", "osx-cross", "debug", "build", 0),
    ("build-macosx64-noopt/debug", "osx-cross-noopt", "debug", "build", 0),
    ("build-signing-win32-shippable/opt",
     "windows2012-32-shippable", "opt", "build-signing", 0),
    ("build-linux64/opt-upload-symbols", "linux64", "opt", "build-upload-symbols", 0),
]


@pytest.mark.parametrize(("label", "platform", "build_type", "suite", "chunk"), LABELS,
                         ids=[row[0] for row in LABELS])
def test_a_task_label_is_a_job_type(canonical, label, platform, build_type, suite, chunk):
    job_type = JobType(platform, build_type, suite, chunk)
    assert parse(label, "taskcluster", "autoland") == job_type
    assert parse(canonical(job_type), "taskcluster", "autoland") == job_type


BUILDERS = [
    ("Windows 8 64-bit @ debug test web-platform-tests-1",
     "windows8-64", "debug", "web-platform-tests", 1),
    ("Ubuntu VM 12.04 x64 @ opt test mochitest-e10s-browser-chrome-3",
     "linux64", "opt", "mochitest-browser-chrome-e10s", 3),
    ("Ubuntu VM 12.04 @ opt test mochitest-e10s-devtools-chrome-3",
     "linux32", "opt", "mochitest-devtools-chrome-e10s", 3),
    ("Ubuntu VM 12.04 @ opt test mochitest-gl-e10s-2",
     "linux32", "opt", "mochitest-webgl-e10s", 2),
    ("Android 4.3 armv7 API 15+ @ debug test plain-reftest-18",
     "android-4-3-armv7-api15", "debug", "reftest", 18),
    ("Rev7 MacOSX Yosemite 10.10.5 @ pgo talos tp5o-e10s",
     "osx-10-10", "pgo", "talos-tp5o-e10s", 0),
    ("Windows XP 32-bit @ talos g1", "windowsxp", "opt", "talos-g1", 0),
    ("Windows 7 VM-GFX 32-bit @ opt test reftest-1", "windows7-32-vm", "opt", "reftest", 1),
    ("Ubuntu ASAN VM 12.04 x64 @ opt test gtest", "linux64", "asan", "gtest", 0),
    ("Windows 10 64-bit Code Coverage @ debug test gtest",
     "windows10-64", "ccov-debug", "gtest", 0),
    ("Ubuntu HW 12.04 x64 stylo @ talos g4", "linux64-stylo", "opt", "talos-g4", 0),
    ("Linux x86-64 @ build", "linux64", "opt", "build", 0),
    ("Linux x86-64 @ pgo-build", "linux64", "pgo", "build", 0),
    ("Linux x86-64 @ asan build", "linux64", "asan", "build", 0),
    ("Linux x86-64 @ debug asan build", "linux64", "asan-debug", "build", 0),
    ("Linux x86-64 @ leak test build", "linux64", "debug", "build", 0),
    ("Linux x86-64 @ debug static analysis build", "linux64", "debug", "build-static-analysis", 0),
    ("OS X 10.7  add-on-devel @ build", "osx-10-7-add-on-devel", "opt", "build", 0),
    ("Solaris 11 sparc @ opt test unit-2", "solaris-11-sparc", "opt", "unit", 2),
    ("Linux aarch64 @ opt test unit", "linux-aarch64", "opt", "unit", 0),
    ("@ @ opt test unit", "@", "opt", "unit", 0),
]


@pytest.mark.parametrize("project", ["mozilla-inbound", "try"])
@pytest.mark.parametrize(("name", "platform", "build_type", "suite", "chunk"), BUILDERS,
                         ids=[row[0] for row in BUILDERS])
def test_a_builder_name_is_a_job_type(
    canonical, name, platform, build_type, suite, chunk, project
):
    platform = platform.replace("@", project)
    name = name.replace("@", project)
    job_type = JobType(platform, build_type, suite, chunk)
    assert parse(name, "buildbot", project) == job_type
    assert parse(canonical(job_type), "taskcluster", project) == job_type


UNPARSED = [
    "", " ", "/", "test-", "test-/", "test-/opt-x", "test-linux64", "test-linux64/",
    "test-linux64/opt", "test-linux64/opt-", "test-linux64/-x", "test-linux64-/opt-x",
    "test-linux64/opt--x", "test-linux64/opt-x/y", "test-linux64/opt-x y", "test-linux64/opt-x\n",
    "test-oop-extensions/browser_ext_browserAction_context.js",
    "source-test-mozlint-eslint", "source-test-python-tryselect-linux64/opt-py2",
    "spidermonkey-sm-arm64-sim-linux64/debug", "iris-linux64/opt-x", "webrender-linux-debug",
    "[TC] Linux64 reftest-2", "[funsize] Publish to Balrog (today-1, chunk 1)",
    "Gecko Decision Task", "a09c8bbc0e1fbf1f9a6b0c0b1c4a5b6d7e8f9a0b",
    "b2g_autoland_emulator_dep", "jetpack-autoland-ubuntu64-opt", "autoland opt test x",
    "Windows 8 64-bit autoland", "Windows 8 64-bit autoland opt test",
    "Windows 8 64-bit autoland opt test two words", "Windows 8 64-bit autoland l10n",
    "Windows 8 64-bit fx-team opt test x", "Windows 8 64-bit autoland-2 opt test x",
    "Windows 8 64-bit autoland asan-debug test x", "Windows 8 64-bit autoland a-b talos x",
    "\u0661 autoland opt test x", "- autoland opt test x",
]


@pytest.mark.parametrize("build_system", ["taskcluster", "buildbot", "our-own-ci"])
@pytest.mark.parametrize("name", UNPARSED)
def test_any_other_text_is_unparsed(name, build_system):
    """R28, R29: nothing is read out of a hash or half a name; what is unparsed runs."""
    assert parse(name, build_system, "autoland") is None


@pytest.mark.parametrize("build_system", ["buildbot", "our-own-ci"])
def test_any_ci_may_use_labels_but_builder_names_are_not_taskclusters(build_system):
    label, builder = "test-linux64/opt-x", "Linux x86-64 proj opt test x"
    expected = JobType("linux64", "opt", "x")

    assert parse(label, build_system, "proj") == parse(builder, build_system, "proj") == expected
    assert parse(label, "taskcluster", "proj") == expected
    assert parse(builder, "taskcluster", "proj") is None


PAIRS = [
    ("Ubuntu VM 12.04 x64 fx-team opt test mochitest-e10s-browser-chrome-1",
     "test-linux64/opt-mochitest-browser-chrome-e10s-1"),
    ("Ubuntu VM 12.04 x64 fx-team opt test mochitest-gl-1", "test-linux64/opt-mochitest-webgl-1"),
    ("Ubuntu VM 12.04 x64 fx-team opt test jittest-1", "test-linux64/opt-jittest-1"),
    ("Ubuntu ASAN VM 12.04 x64 fx-team opt test gtest", "test-linux64-asan/opt-gtest"),
    ("Windows 7 VM 32-bit fx-team debug test xpcshell-1", "test-windows7-32-vm/debug-xpcshell-1"),
    ("Rev7 MacOSX Yosemite 10.10.5 fx-team debug test gtest", "test-macosx64/debug-gtest"),
    ("Android 4.3 armv7 API 15+ fx-team opt test plain-reftest-2",
     "test-android-4.3-arm7-api-15/opt-reftest-2"),
    ("Ubuntu HW 12.04 x64 fx-team pgo talos g1-e10s", "test-linux64-pgo/opt-talos-g1-e10s"),
]


@pytest.mark.parametrize(("builder", "label"), PAIRS)
def test_a_test_is_one_job_type_on_both_build_systems(builder, label):
    """R27: different spellings of the two build systems were taken for different jobs."""
    job_type = parse(builder, "buildbot", "fx-team")
    assert job_type is not None
    assert job_type == parse(label, "taskcluster", "fx-team")
