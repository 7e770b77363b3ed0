"""The order of tests in a run of several workers: each begins with its share of the slow ones.

xdist's `worksteal` gives every worker a stretch of neighbors, and one that is done takes from the
end of another's. Slow tests at the heads of the stretches are done early, so that at the end no
worker waits for another's.
"""

from itertools import groupby

SLOW = ("fault", "slow")  # marks


def deal_slow_tests(items: list, workers: int) -> list:
    """Return the tests in an order in which each worker's stretch begins with slow ones.

    Those of one file stay together, since they share what the file has set up.
    """
    slow = [[] for _ in range(workers)]
    for _, tests in groupby(filter(is_slow, items), key=lambda item: item.path):
        min(slow, key=len).extend(tests)
    quick = iter([item for item in items if not is_slow(item)])
    ordered = []
    for number, share in enumerate(slow):
        length = (len(items) - len(ordered)) // (workers - number)
        ordered += share
        ordered += [item for _, item in zip(range(length - len(share)), quick)]
    return ordered + list(quick)


def is_slow(item) -> bool:
    return any(item.get_closest_marker(mark) for mark in SLOW)
