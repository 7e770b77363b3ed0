"""The plots of a backtest, as SVG: what is caught over time, and what it costs to catch it."""

from datetime import datetime
from math import ceil
from pathlib import Path

from ..svg import COLORS, FAINT, Axis, Chart
from .policies import CEILING, PLAIN
from .report import Backtest

# Beside the main policy, those of them that were tried.
BESIDE = (PLAIN, "random", "most failures first", "recent catches for their cost", CEILING)
SHARES = [(each / 100, f"{each} %") for each in range(0, 101, 20)]


def write_plots(found: Backtest, folder: Path) -> list[Path]:
    """Write the plots into a folder, which is made where it does not exist; return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, plot in (("caught-over-time", over_time), ("caught-for-cost", for_cost)):
        path = folder / f"{name}.svg"
        path.write_text(plot(found), encoding="utf-8")
        written.append(path)
    return written


def over_time(found: Backtest) -> str:
    """Return what the main policy caught after each cut-off, with its band, beside the others."""
    filled = [each for each in found.periods if each.regressions]
    days = [_day(each.begin) for each in filled]
    low, high = min(days), max(max(days), min(days) + 1)
    step = ceil(len(filled) / 6)
    marks = [(day, f"{each.begin:%b} {each.begin.day}")
             for day, each in zip(days[::step], filled[::step])]
    chart = Chart(
        f"{found.plan.scope}: caught at once, by cut-off",
        Axis("cut-off; the regressions came from then until the next one", low, high, marks),
        Axis("share of the regressions; band: 95 % of each period alone", 0, 1, SHARES))
    chart.band([(day, *each.interval) for day, each in zip(days, filled)
                if each.interval is not None], color=COLORS[0])
    others = [name for name in BESIDE if name != found.main and name in filled[0].by_set]
    for color, name in zip(COLORS[1:], others):
        chart.line([(day, each.by_set[name]) for day, each in zip(days, filled)], name, color=color)
    chart.line([(day, each.by_set[found.main]) for day, each in zip(days, filled)], found.main,
               color=COLORS[0], is_main=True)
    return chart.draw()


def for_cost(found: Backtest) -> str:
    """Return what each policy caught against what its set takes of a full run."""
    word = "machine time" if found.unit == "ms" else "jobs"
    chart = Chart(
        f"{found.plan.scope}: caught at once, by what runs on every push",
        Axis(f"{word} of every push, of a full run", 0, 1, SHARES),
        Axis(f"share of {found.regressions:,} regressions, with 95 % intervals", 0, 1, SHARES))
    for each in found.policies:
        is_main = each.policy == found.main
        color = COLORS[0] if is_main else COLORS[1] if each.policy == CEILING else FAINT
        chart.point((each.every_push / (each.full or 1.0), each.by_set), each.policy, color=color,
                    whisker=each.interval, is_main=is_main)
    return chart.draw()


def _day(at: datetime) -> float:
    return at.timestamp() / 86400
