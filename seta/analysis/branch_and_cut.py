"""Find the best answer of a program with HiGHS (Q. Huangfu and J. A. J. Hall, "Parallelizing the
dual revised simplex method", Mathematical Programming Computation 10, 2018; highs.dev).
"""

import math
from collections.abc import Collection
from dataclasses import dataclass

import highspy
import numpy as np

from .program import Program

# Sums of whole numbers below this are exact in a double, with bits to spare for the solver.
EXACT = 2 ** 50


@dataclass(frozen=True, slots=True)
class Effort:
    """What may be spent: nodes of the search tree, and seconds as a backstop."""

    nodes: int
    seconds: float

    def less(self, other: "Effort") -> "Effort":
        return Effort(max(0, self.nodes - other.nodes), max(0.0, self.seconds - other.seconds))


@dataclass(frozen=True)
class Found:
    """What a search found: columns (None: nothing), and what no answer can be below.

    The bound is on the sum of the weights that were searched with.
    """

    columns: frozenset[int] | None
    bound: int
    is_proved: bool
    spent: Effort


def search(
    program: Program, weights: dict[int, int], start: Collection[int], effort: Effort,
    at_most: tuple[dict[int, int], int] | None = None,
) -> Found:
    """Look for the columns with the least sum of weights that meet every row.

    The same program, weights and start give the same answer: one thread, fixed seed. What is
    returned was a vector of doubles: whoever uses it checks it in whole numbers.
    """
    columns = sorted(weights)
    highs = _configured(effort)
    highs.passModel(_model(program, columns, weights, at_most))
    number_of = {column: number for number, column in enumerate(columns)}
    numbers = np.array(sorted(number_of[column] for column in start), dtype=np.int32)
    highs.setSolution(len(numbers), numbers, np.ones(len(numbers)))
    status = highs.run()
    return _found(highs, status, columns)


def _configured(effort: Effort) -> highspy.Highs:
    highs = highspy.Highs()
    for option, value in {
        "output_flag": False, "threads": 1, "parallel": "off", "random_seed": 0,
        "mip_rel_gap": 0.0, "mip_abs_gap": 0.5,  # whole numbers: less than one apart is equal
        "mip_max_nodes": effort.nodes, "time_limit": effort.seconds,
    }.items():
        highs.setOptionValue(option, value)
    return highs


def _model(program, columns, weights, at_most) -> highspy.HighsLp:
    number_of = {column: number for number, column in enumerate(columns)}
    rows = [[number_of[column] for column in row.columns] for row in program.rows]
    values = [1.0] * sum(map(len, rows))
    lower, upper = [float(row.need) for row in program.rows], [highspy.kHighsInf] * len(rows)
    if at_most is not None:
        amounts, limit = at_most
        rows.append(list(range(len(columns))))
        values += [float(amounts[column]) for column in columns]
        lower.append(-highspy.kHighsInf)
        upper.append(float(limit))
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(columns), len(rows)
    lp.col_cost_ = np.array([weights[column] for column in columns], dtype=np.float64)
    lp.col_lower_, lp.col_upper_ = np.zeros(len(columns)), np.ones(len(columns))
    lp.integrality_ = [highspy.HighsVarType.kInteger] * len(columns)
    lp.row_lower_, lp.row_upper_ = np.array(lower), np.array(upper)
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = np.concatenate(([0], np.cumsum([len(row) for row in rows])))
    lp.a_matrix_.index_ = np.concatenate(rows)
    lp.a_matrix_.value_ = np.array(values)
    return lp


def _found(highs, status, columns) -> Found:
    info = highs.getInfo()
    spent = Effort(max(0, info.mip_node_count), highs.getRunTime())
    if status == highspy.HighsStatus.kError:
        return Found(None, 0, False, spent)
    is_proved = highs.getModelStatus() == highspy.HighsModelStatus.kOptimal
    bound = round(info.objective_function_value) if is_proved else _whole(info.mip_dual_bound)
    solution = highs.getSolution()
    chosen = None
    if solution.value_valid:
        chosen = frozenset(column for column, value in zip(columns, solution.col_value)
                           if value > 0.5)
    return Found(chosen, bound, is_proved, spent)


def _whole(bound: float) -> int:
    """Return the whole number that no whole objective can be below, with care for rounding."""
    if not math.isfinite(bound) or bound <= 0:
        return 0
    return math.ceil(bound - max(1e-6, bound * 1e-9))
