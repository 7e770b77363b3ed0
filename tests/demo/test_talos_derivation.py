import pytest

from demo_derivation.talos import derive_talos, left_out_because
from demo_derivation.talos_names import builder_name


@pytest.fixture(scope="module")
def derived(alerts):
    return derive_talos(alerts)


@pytest.fixture(scope="module")
def results(derived):
    return {record["job_id"]: record for record in derived.records if record["kind"] == "result"}


@pytest.fixture(scope="module")
def listed(derived):
    return {record["name"] for record in derived.records if record["kind"] == "job"}


@pytest.mark.parametrize(
    ("alert_id", "reason"),
    [
        pytest.param("1", "improvement", id="the number got better"),
        pytest.param("21", "status says it is not a regression", id="False Alarm"),
        pytest.param("3071", "status says it is not a regression", id="Infra"),
        pytest.param("1289", "status says it is not a regression", id="Ignore"),
        pytest.param("2910", "status says it is not a regression", id="Too Low"),
        pytest.param("5684", "no revision", id="00000000NULL"),
        pytest.param("273", "build", id="LibXUL Memory during link"),
        pytest.param("540", "release tree", id="Mozilla-Beta"),
        pytest.param("20", None, id="Wont Fix is a regression all the same"),
        pytest.param("59", None, id="Not Tracking is a regression all the same"),
        pytest.param("51", None, id="a Duplicate is a witness on its own tree"),
    ],
)
def test_an_alert_is_left_out_for_one_reason_or_kept(alerts, results, alert_id, reason):
    alert = next(alert for alert in alerts if alert["id"] == alert_id)
    assert left_out_because(alert) == reason
    assert (alert_id in results) == (reason is None)


@pytest.mark.parametrize(
    ("alert_id", "culprit"),
    [
        pytest.param("20", "9635476adfeb", id="no mark: its own push"),
        pytest.param("51", "9635476adfeb", id="duplicate on another tree"),
        pytest.param("59", "9635476adfeb", id="merged from, no duplicate"),
        pytest.param("371", "5492ecd562f9", id="duplicate counts before merged from"),
        pytest.param("607", "aefca2214dd2", id="copy of a copy"),
        pytest.param("2639", "77c433deac22", id="duplicate of itself"),
        pytest.param("1066", "786057e01ef3", id="kkk is not a revision"),
        pytest.param("6465", "014db94e05b4", id="mistyped revision"),
    ],
)
def test_copies_on_other_trees_are_one_regression(results, alert_id, culprit):
    """R47: what is merged to other trees, or marked a duplicate, is grouped with its origin."""
    assert results[alert_id]["fixed_by"] == [culprit]


@pytest.mark.parametrize(
    ("branch", "platform", "series", "name"),
    [
        pytest.param(
            "Mozilla-Inbound", "Ubuntu HW 12.04 x64", "Tp5 Optimized (XRes)",
            "Ubuntu HW 12.04 x64 mozilla-inbound pgo talos tp5o", id="Linux is pgo",
        ),
        pytest.param(
            "Mozilla-Inbound-Non-PGO", "Ubuntu HW 12.04", "tscroll-ASAP",
            "Ubuntu HW 12.04 mozilla-inbound talos svgr", id="Non-PGO is opt",
        ),
        pytest.param(
            "Firefox", "WINNT 5.1 (ix)", "TResize",
            "Windows XP 32-bit mozilla-central pgo talos chromez", id="Firefox, Windows",
        ),
        pytest.param(
            "B2g-Inbound", "MacOSX 10.8", "Kraken Benchmark",
            "Rev5 MacOSX Mountain Lion 10.8 b2g-inbound talos dromaeojs", id="Mac is never pgo",
        ),
        pytest.param(
            "mobile", "Android 2.2 (Native)", "CanvasMark",
            "Android 2.2 Tegra mozilla-central talos remote-tcanvasmark", id="Android",
        ),
        pytest.param(
            "Fx-Team", "WINNT 6.1 (ix)",
            "Tp5 No Network Row Major MozAfterPaint (Main Startup File IO Bytes)",
            "Windows 7 32-bit fx-team pgo talos xperf", id="xperf",
        ),
    ],
)
def test_builder_names_are_put_together(branch, platform, series, name):
    assert builder_name(branch, platform, series) == name


def test_alerts_of_one_run_are_one_job(results):
    assert results["36"]["name"] == "Ubuntu HW 12.04 mozilla-inbound talos svgr"
    assert "37" not in results


def test_a_push_that_alerts_date_differently_has_the_earliest_time(results):
    assert results["1143"]["pushed_at"] == results["1066"]["pushed_at"] == "2014-03-28T02:13:27Z"


def test_every_builder_that_raised_any_alert_is_listed(listed, results):
    assert {result["name"] for result in results.values()} < listed
    assert "Windows 8 64-bit mozilla-inbound pgo talos svgr" in listed, "only ever improved"
    assert not any("beta" in name or "LibXUL" in name for name in listed)


def test_what_comes_out_is_the_same_whatever_the_order_of_the_alerts(alerts, derived):
    assert derive_talos(reversed(alerts)) == derived
