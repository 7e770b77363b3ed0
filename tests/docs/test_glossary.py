"""The glossary's names are those of the code, and each word has one line."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/glossary.md").read_text(encoding="utf-8")
ROWS = [[cell.strip() for cell in line.strip("|").split("|")] for line in PAGE.splitlines()
        if line.startswith("|") and not line.startswith(("|---", "| word "))]
CODE = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "seta").rglob("*.py"))


@pytest.mark.parametrize("word, meaning, in_code", ROWS, ids=[row[0] for row in ROWS])
def test_the_name_in_code_is_there(word, meaning, in_code):
    assert meaning
    for name in re.findall(r"`([^`]+)`", in_code):
        is_path = "/" in name and (ROOT / "seta" / name).exists()
        assert is_path or re.search(rf"(?<!\w){re.escape(name)}(?!\w)", CODE), name


def test_no_word_has_two_lines():
    words = [word for row in ROWS for word in row[0].split(", ")]
    assert sorted(words) == sorted(set(words))
