"""The page of faults has a row for every fault of the suite, and for nothing else."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def declared() -> list[tuple[str, str]]:
    """The faults of the suite: what each is, and what is expected."""
    found = []
    for path in sorted((ROOT / "tests/faults").glob("test_*.py")):
        for each in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(each, ast.FunctionDef):
                found += [(ast.literal_eval(mark.args[0]), ast.literal_eval(mark.keywords[0].value))
                          for mark in each.decorator_list if isinstance(mark, ast.Call)
                          and isinstance(mark.func, ast.Name) and mark.func.id == "fault"]
    return found


def test_every_fault_has_a_row_and_every_row_a_test():
    """Fails after a change of the suite until `python docs/make_faults.py` was run."""
    page = (ROOT / "docs/faults.md").read_text(encoding="utf-8")
    rows = [tuple(cell.strip() for cell in line.strip("|").split(" | "))
            for line in re.findall(r"^\|.*\|$", page, re.M)[2:]]
    assert sorted(cells[:2] for cells in rows) == sorted(declared())
    assert all(len(cells) == 3 and cells[2] for cells in rows)
