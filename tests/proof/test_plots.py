"""Charts as SVG, and the plots of a backtest."""

from datetime import timedelta
from xml.etree import ElementTree

import pytest
from proof_world import at, columns, known, regression, timeline

from seta.domain import Scope
from seta.proof.backtest.history import History, Period
from seta.proof.backtest.plan import Plan
from seta.proof.backtest.plots import write_plots
from seta.proof.backtest.policies import CEILING, PLAIN
from seta.proof.backtest.report import report_of
from seta.proof.backtest.scoring import score
from seta.proof.backtest.trials import Tried
from seta.proof.svg import BOTTOM, HEIGHT, LEFT, LINE, RIGHT, TOP, WIDTH, Axis, Chart, spaced


SVG = "{http://www.w3.org/2000/svg}"
AXIS = Axis("from 0 to 2", 0, 2, [(0, "none"), (2, "all")])


def drawn(chart):
    return ElementTree.fromstring(chart.draw())


def test_points_stand_where_their_values_are():
    chart = Chart("a < b & c", AXIS, AXIS)
    chart.point((0, 0), "least", color="#000", whisker=(0, 1))
    chart.point((2, 2), "most", color="#000")
    root = drawn(chart)
    assert [(each.get("cx"), each.get("cy")) for each in root.iter(f"{SVG}circle")] == [
        (f"{LEFT:.1f}", f"{HEIGHT - BOTTOM:.1f}"), (f"{WIDTH - RIGHT:.1f}", f"{TOP:.1f}")]
    assert root.find(f"{SVG}title").text == "a < b & c"
    assert {"least", "most", "none", "all"} <= {each.text for each in root.iter(f"{SVG}text")}


def test_a_band_goes_along_its_lower_and_back_along_its_upper_edge():
    chart = Chart("band", AXIS, AXIS)
    chart.band([(0, 0, 1), (2, 1, 2)], color="#000")
    (path,) = (each.get("points").split() for each in drawn(chart).iter(f"{SVG}polygon"))
    heights = [float(each.split(",")[1]) for each in path]
    middle = (TOP + HEIGHT - BOTTOM) / 2
    assert heights == [HEIGHT - BOTTOM, middle, TOP, middle]


@pytest.mark.parametrize("heights", [[], [50.0], [50.0] * 10, [360.0, 365.0, 367.0], [46.0, 367.0]])
def test_labels_never_touch_and_stay_on_the_chart(heights):
    found = spaced(heights)
    assert all(after - before >= LINE for before, after in zip(found, found[1:]))
    assert all(0 < each <= HEIGHT - BOTTOM for each in found) and len(found) == len(heights)


def test_the_plots_of_a_backtest_show_each_policy(tmp_path):
    of, timelines = known(), {"trunk": timeline()}
    tried = []
    for begin, came in ((0, "b"), (5, "d")):
        period = Period(at(begin), at(begin + 5), (regression(came, begin + 1),), timelines)
        tried.append(Tried(period, "ms", PLAIN, {
            name: score(of, [columns(of, chosen)], period)
            for name, chosen in ((PLAIN, "b"), ("everything", "abcd"), (CEILING, "bd"))}, 0))
    history = History(Scope("trunk"), {}, timelines, (), (), at(10), timedelta(0))
    plan = Plan("trunk", at(0), at(10), timedelta(minutes=50))
    found = report_of(plan, history, tried, skipped=0, selective=0)
    over_time, for_cost = (ElementTree.parse(path) for path in write_plots(found, tmp_path / "new"))
    names = {each.text for each in for_cost.iter(f"{SVG}text")}
    assert {PLAIN, "everything", CEILING} <= names
    assert len(list(for_cost.iter(f"{SVG}circle"))) == 3
    (plain,) = (each.get("points") for each in over_time.iter(f"{SVG}polyline")
                if each.get("stroke-width") == "3")
    assert [float(each.split(",")[1]) for each in plain.split()] == [TOP, HEIGHT - BOTTOM]
