"""Treeherder's classification ids."""

from seta.domain import Classification

# 6 was "intermittent needs filing" until 2022.
NAMES = {
    1: Classification.NOT_CLASSIFIED,
    2: Classification.FIXED_BY_COMMIT,
    3: Classification.EXPECTED_FAIL,
    4: Classification.INTERMITTENT,
    5: Classification.INFRA,
    6: Classification.NEW_FAILURE,
    7: Classification.AUTOCLASSIFIED_INTERMITTENT,
    8: Classification.INTERMITTENT_NEEDS_BUGID,
}
