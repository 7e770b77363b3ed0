"""What no answer can cost less than, in whole numbers and without a solver."""

from collections.abc import Mapping

from .program import Program


def ascent_bound(program: Program, weights: Mapping[int, int]) -> int:
    """Return a bound on the sum of weights: every row pays for its columns what it can.

    Dual ascent for set covering (M. L. Fisher and P. Kedia, Management Science 36, 1990): what
    rows pay for a column together is at most its weight, so what they pay for all they need is
    at most the weight of any answer.
    """
    unpaid = dict(weights)
    bound = 0
    for row in sorted(program.rows, key=lambda row: len(row.columns)):
        pays = min(unpaid[column] for column in row.columns)
        bound += pays * row.need
        for column in row.columns:
            unpaid[column] -= pays
    return bound
