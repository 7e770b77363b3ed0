"""Search for the best answer with HiGHS, within limits that can be watched."""

import math
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import chain
from threading import Event

import highspy
import numpy as np

from .model import Program

Progress = Callable[[str], None]

TELL_EVERY = 1.0  # seconds


@dataclass(frozen=True, slots=True)
class Effort:
    """What may be spent: nodes of the search tree, and seconds as a backstop."""

    nodes: int
    seconds: float

    def less(self, spent: "Effort") -> "Effort":
        """Return what is left; never less than nothing."""
        return Effort(max(0, self.nodes - spent.nodes), max(0.0, self.seconds - spent.seconds))


def tell_nobody(text: str) -> None:
    """The progress of a run that nobody watches."""


@dataclass(frozen=True)
class Found:
    """What a search found, and what no answer's sum of weights can be below.

    It comes from doubles: whoever uses it checks it in whole numbers.
    """

    columns: frozenset[int]  # empty: nothing was found
    bound: int
    spent: Effort


def search(
    program: Program, weights: Mapping[int, int], effort: Effort, progress: Progress
) -> Found:
    """Look for the columns with the least sum of weights that meet every row.

    HiGHS is given no answer to start from: where its presolve and a start came together, 1.16
    sometimes took the start for cheaper than it is, and then found nothing better.
    """
    columns = sorted(weights)
    number_of = {column: number for number, column in enumerate(columns)}
    highs = configured(effort)
    highs.passModel(_model(program, number_of, weights))
    return _found(highs, run(highs, progress), columns)


def _model(program, number_of, weights) -> highspy.HighsLp:
    rows = [[number_of[column] for column in row.columns] for row in program.rows]
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(number_of), len(rows)
    lp.col_cost_ = np.array([weights[column] for column in number_of], dtype=np.float64)
    lp.col_lower_, lp.col_upper_ = np.zeros(len(number_of)), np.ones(len(number_of))
    lp.integrality_ = [highspy.HighsVarType.kInteger] * len(number_of)
    lp.row_lower_ = np.array([row.need for row in program.rows], dtype=np.float64)
    lp.row_upper_ = np.full(len(rows), highspy.kHighsInf)
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = np.cumsum([0, *map(len, rows)], dtype=np.int32)
    lp.a_matrix_.index_ = np.array(list(chain(*rows)), dtype=np.int32)
    lp.a_matrix_.value_ = np.ones(len(lp.a_matrix_.index_))
    return lp


def _found(highs, status, columns) -> Found:
    info, solution = highs.getInfo(), highs.getSolution()
    spent = Effort(max(0, info.mip_node_count), highs.getRunTime())
    if status == highspy.HighsStatus.kError or not solution.value_valid:
        return Found(frozenset(), 0, spent)
    is_proved = highs.getModelStatus() == highspy.HighsModelStatus.kOptimal
    return Found(
        frozenset(column for column, value in zip(columns, solution.col_value) if value > 0.5),
        round(info.objective_function_value) if is_proved else _whole(info.mip_dual_bound),
        spent,
    )


def _whole(bound: float) -> int:
    """Return the least whole number that is not below a bound, with care for rounding."""
    if not math.isfinite(bound) or bound <= 0:
        return 0
    return math.ceil(bound - max(1e-6, bound * 1e-9))


class QuietHighs(highspy.Highs):
    """HiGHS without the banner that its constructor writes to standard output."""

    def enableCallbacks(self):
        # The first thing that the constructor does, and what writes the banner.
        self.setOptionValue("output_flag", False)
        super().enableCallbacks()


def configured(effort: Effort) -> QuietHighs:
    """Return a HiGHS whose answer depends on nothing but the model, unless its time runs out."""
    highs = QuietHighs()
    for option, value in {
        "threads": 1, "parallel": "off", "random_seed": 0,
        # Objectives are whole numbers: those that are less than one apart are the same.
        "mip_rel_gap": 0.0, "mip_abs_gap": 0.5,
        # However little is left, the first node is worth its bound.
        "mip_max_nodes": max(1, effort.nodes), "time_limit": effort.seconds,
    }.items():
        highs.setOptionValue(option, value)
    return highs


def run(highs: QuietHighs, progress: Progress) -> highspy.HighsStatus:
    """Run to the end, telling `progress` every second how far it is.

    What `progress` raises ends the run, as does a signal: both reach the caller within seconds.
    HiGHS swallows what is raised inside its callbacks, so it has a thread of its own.
    """
    stop, seen = Event(), {}

    def watch(event):
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
                    return running.result(timeout=TELL_EVERY)
                except TimeoutError:
                    progress("{nodes} nodes, best {best:.6g}, at least {bound:.6g}".format(**seen)
                             if seen else "first relaxation")
        except BaseException:
            stop.set()
            raise
