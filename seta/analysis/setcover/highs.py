"""Search for the best answer with HiGHS, within limits that can be watched."""

import math
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from threading import Event
from typing import Any

import highspy
import numpy as np

from .budget import Budget, Progress, SearchResult
from .model import CoverProblem

REPORT_EVERY = 1.0  # seconds


def search(
    problem: CoverProblem, coefficients: Mapping[int, int], budget: Budget, progress: Progress
) -> SearchResult:
    """Look for columns that meet every row with the least sum of coefficients.

    HiGHS is given no answer to start from: when it used both presolve and a start, 1.16
    sometimes underestimated the start's cost, and then found nothing better.
    """
    columns = sorted(coefficients)
    highs = configured(budget)
    highs.passModel(_model(problem, columns, coefficients))
    return _result(highs, run(highs, progress), columns)


def _model(
    problem: CoverProblem, columns: Sequence[int], coefficients: Mapping[int, int]
) -> highspy.HighsLp:
    number_of = {column: number for number, column in enumerate(columns)}
    rows = [[number_of[column] for column in row.columns] for row in problem.rows]
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(columns), len(rows)
    lp.col_cost_ = np.array([coefficients[column] for column in columns], dtype=np.float64)
    lp.col_lower_, lp.col_upper_ = np.zeros(len(columns)), np.ones(len(columns))
    lp.integrality_ = [highspy.HighsVarType.kInteger] * len(columns)
    lp.row_lower_ = np.array([row.need for row in problem.rows], dtype=np.float64)
    lp.row_upper_ = np.full(len(rows), highspy.kHighsInf)
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = np.cumsum([0, *map(len, rows)], dtype=np.int32)
    lp.a_matrix_.index_ = np.array(list(chain(*rows)), dtype=np.int32)
    lp.a_matrix_.value_ = np.ones(len(lp.a_matrix_.index_))
    return lp


def _result(
    highs: "QuietHighs", status: highspy.HighsStatus, columns: Sequence[int]
) -> SearchResult:
    info, solution = highs.getInfo(), highs.getSolution()
    spent = Budget(max(0, info.mip_node_count), highs.getRunTime())
    if status == highspy.HighsStatus.kError or not solution.value_valid:
        return SearchResult(frozenset(), 0, spent)
    is_proved = highs.getModelStatus() == highspy.HighsModelStatus.kOptimal
    return SearchResult(
        frozenset(column for column, value in zip(columns, solution.col_value) if value > 0.5),
        round(info.objective_function_value) if is_proved else _whole(info.mip_dual_bound),
        spent,
    )


def _whole(bound: float) -> int:
    """Round a bound up to a whole number, allowing for the error of doubles."""
    if not math.isfinite(bound) or bound <= 0:
        return 0
    return math.ceil(bound - max(1e-6, bound * 1e-9))


class QuietHighs(highspy.Highs):
    """HiGHS without the banner that its constructor writes to standard output."""

    def enableCallbacks(self) -> None:
        # The first thing that the constructor does, and what writes the banner.
        self.setOptionValue("output_flag", False)
        super().enableCallbacks()


def configured(budget: Budget) -> QuietHighs:
    """Return a HiGHS whose answer depends on nothing but the model, unless its time runs out."""
    highs = QuietHighs()
    options: dict[str, bool | float | str] = {
        "threads": 1, "parallel": "off", "random_seed": 0,
        # Objectives are whole numbers: if they differ by less than one, they are the same.
        "mip_rel_gap": 0.0, "mip_abs_gap": 0.5,
        # However little is left, the bound of the first node is useful.
        "mip_max_nodes": max(1, budget.nodes), "time_limit": budget.seconds,
    }
    for option, value in options.items():
        highs.setOptionValue(option, value)
    return highs


def run(highs: QuietHighs, progress: Progress) -> highspy.HighsStatus:
    """Run to the end, reporting to `progress` every second.

    An exception of `progress`, or a signal, ends the run and reaches the caller within seconds.
    HiGHS swallows exceptions in its callbacks, so it runs in a thread of its own.
    """
    stop = Event()
    seen: dict[str, float] = {}

    def watch(event: Any) -> None:    # HiGHS has no type for it
        seen.update(nodes=event.data_out.mip_node_count, best=event.data_out.mip_primal_bound,
                    bound=event.data_out.mip_dual_bound)
        event.interrupt(stop.is_set())

    highs.cbMipInterrupt += watch
    highs.cbSimplexInterrupt += lambda event: event.interrupt(stop.is_set())
    with ThreadPoolExecutor(max_workers=1) as pool:
        running = pool.submit(highs.run)
        try:
            while True:
                try:
                    return running.result(timeout=REPORT_EVERY)
                except TimeoutError:
                    progress("{nodes} nodes, best {best:.6g}, at least {bound:.6g}".format(**seen)
                             if seen else "first relaxation")
        except BaseException:
            stop.set()
            raise
