"""The page of the legacy routes says what they do."""

import re
from pathlib import Path

import pytest

PAGE = (Path(__file__).parents[3] / "docs/legacy-api.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^\$ curl '(.+)'\n(.+)$", PAGE, re.M)


def test_there_are_examples():
    assert len(EXAMPLES) == 9


@pytest.mark.parametrize("path, body", EXAMPLES)
def test_the_examples_answer_what_stands_there(good, path, body):
    assert good.get(path).text.rstrip("\n") == body


def test_every_old_route_stands_there(good):
    for rule in good.client.application.url_map.iter_rules():
        if rule.rule.endswith("/") and rule.rule.startswith(("/data/", "/api/project/")):
            shown = rule.rule.replace("<", "{").replace(">", "}")
            assert f"`{shown}`" in PAGE
