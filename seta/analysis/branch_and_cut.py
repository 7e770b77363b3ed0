"""Search for the best answer of a program with HiGHS.

Q. Huangfu and J. A. J. Hall, "Parallelizing the dual revised simplex method", Mathematical
Programming Computation 10, 2018; https://highs.dev.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain

import highspy
import numpy as np

from .effort import Effort, Progress
from .highs_run import configured, run
from .program import Program


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
