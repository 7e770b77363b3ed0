"""The architecture page names packages, files and tests that are there."""

import configparser
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
PATH = re.compile(r"`((?:seta|tests|docs)/[^`]*)`")


def section(title: str) -> str:
    return re.search(rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", PAGE, re.M | re.S).group(1)


def rows(title: str) -> list[list[str]]:
    """Return the cells of the section's table, row by row, without its head."""
    lines = [line for line in section(title).splitlines() if line.startswith("|")][2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


CHANGES = rows("Where do I change...")


@pytest.mark.parametrize("what, files, tests", CHANGES, ids=[row[0] for row in CHANGES])
def test_every_file_that_a_change_touches_is_there(what, files, tests):
    in_tests = PATH.findall(tests)
    assert in_tests and all(path.startswith("tests/") for path in in_tests)
    assert PATH.findall(files) or "no code" in files
    for path in PATH.findall(files) + in_tests:
        assert (ROOT / path).exists(), f"{path} is not there"


def test_every_package_has_a_line():
    told = {path for cells in rows("The packages") for path in PATH.findall(cells[0])}
    there = {f"seta/{each.name}/" if each.is_dir() else f"seta/{each.name}"
             for each in (ROOT / "seta").iterdir()
             if not each.name.startswith("_") and (each.is_file() or any(each.glob("*.py")))}
    assert told == there


def test_the_picture_is_what_the_lint_step_checks():
    """Each line of the picture is a layer of the import contract."""
    config = configparser.ConfigParser()
    config.read(ROOT / "tox.ini", encoding="utf-8")
    layers = config["importlinter:contract:layers"]["layers"].split("\n")
    wanted = [set(re.findall(r"seta\.(\w+)", layer)) for layer in layers if layer.strip()]
    picture = re.search(r"```text\n(.*?)\n\n", PAGE, re.S).group(1)
    shown = [set(line[:34].split()) for line in picture.splitlines()]
    assert shown == wanted
