"""A quick stand-in for ActiveData that knows just the query we ask, over flat rows.

Whether our query means what we think is for the real engine to say (`activedata_server`); this
one answers in a millisecond, for tests that ask often.
"""

import json

from .scripted import Reply, Request

OPERATORS = {
    "eq": lambda cell, value: cell == value,
    "ne": lambda cell, value: cell != value,
    "gte": lambda cell, value: cell is not None and cell >= value,
    "lt": lambda cell, value: cell is not None and cell < value,
    "in": lambda cell, value: cell in value,
    "prefix": lambda cell, value: isinstance(cell, str) and cell.startswith(value),
}


class SmallActiveData:
    """A script for a scripted server; rows are dotted field -> value.

    `limits_first`: it cuts an answer in the order in which it holds its rows, and sorts what is
    left, so that a cut answer looks like the first rows and is not.
    """

    def __init__(self, rows: list[dict], clamp: int = 10_000, is_sorted: bool = True,
                 limits_first: bool = False):
        self.rows = rows
        self.clamp = clamp
        self.is_sorted = is_sorted
        self.limits_first = limits_first

    def __call__(self, request: Request) -> Reply:
        query = json.loads(request.body)
        limit = min(query["limit"], self.clamp)
        found = [row for row in self.rows if holds(query["where"], row)]
        if self.limits_first:
            found = found[:limit]
        if self.is_sorted:
            for term in reversed(query["sort"]):
                found.sort(key=lambda row: row[term["value"]], reverse=term["sort"] == "desc")
        found = found[:limit]
        columns = sorted(query["select"], key=lambda column: column["name"])
        return Reply(body=json.dumps({
            "meta": {"format": "table"},
            "header": [column["name"] for column in columns],
            "data": [[row.get(column["value"]) for column in columns] for row in found],
        }).encode())


def holds(condition: dict, row: dict) -> bool:
    (operator, rest), = condition.items()
    if operator == "and":
        return all(holds(each, row) for each in rest)
    if operator == "not":
        return not holds(rest, row)
    (name, value), = rest.items()
    return OPERATORS[operator](row.get(name), value)
