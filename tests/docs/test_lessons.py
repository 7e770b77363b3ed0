"""The requirements that tests name by number stand in the documentation."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
LESSONS = ROOT / "docs/lessons-of-earlier-setas.md"
LAST = 81


def stated() -> list[int]:
    text = LESSONS.read_text(encoding="utf-8")
    return [int(number) for number in re.findall(r"^### R(\d+)$", text, re.M)]


def test_every_requirement_stands_there_once_and_in_order():
    assert stated() == list(range(1, LAST + 1))


def test_every_requirement_that_a_test_names_stands_there():
    named = {
        f"{path.relative_to(ROOT)}: R{number}": int(number)
        for path in sorted((ROOT / "tests").rglob("*.py"))
        for number in re.findall(r"\bR(\d+)\b", path.read_text(encoding="utf-8"))
    }
    assert len(named) > 100, "the tests name their requirements"
    unknown = [where for where, number in named.items() if number not in stated()]
    assert unknown == []
