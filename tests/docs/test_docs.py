"""The documentation says what is there, and its examples run."""

import importlib.util
import json
import re
from pathlib import Path

import pytest
from sqlalchemy.orm import sessionmaker

from seta.config import Settings, setting_fields
from seta.sources.files import decode_record
from seta.wsgi import build_app

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"


def page(name: str) -> str:
    return (DOCS / f"{name}.md").read_text(encoding="utf-8")


def test_every_setting_stands_there_with_its_default_and_what_it_is():
    text = page("settings")
    for each in setting_fields():
        facts = each.metadata
        default = f"`{facts['default']}`" if facts["default"] else "unset"
        assert f"| `{facts['variable']}` | {default} | {facts['description']} |" in text


def test_the_commands_are_documented_by_their_own_help():
    """Fails after a change of a command until `python docs/make_reference.py` was run."""
    spec = importlib.util.spec_from_file_location("make_reference", DOCS / "make_reference.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert page("command-line") == module.reference()


def test_every_route_stands_in_the_docs():
    app = build_app(Settings(), sessionmaker())
    text = page("api") + page("legacy-api")
    for rule in app.url_map.iter_rules():
        shown = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)
        assert shown in text or shown.rstrip("/") in text, f"{shown} is not documented"


def json_lines(text: str):
    for block in re.findall(r"```json\n(.*?)```", text, re.S):
        yield from block.strip().splitlines()


@pytest.mark.parametrize("line", list(json_lines(page("import-files"))))
def test_the_records_of_the_import_page_are_taken(line):
    assert decode_record(line.encode()).project == json.loads(line)["project"]


@pytest.mark.parametrize("path", sorted([ROOT / "README.md", *DOCS.glob("*.md")]),
                         ids=lambda path: path.name)
def test_links_lead_to_files_that_are_there(path):
    text = re.sub(r"```.*?```", "", path.read_text(encoding="utf-8"), flags=re.S)
    for target in re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", text):
        if not target.startswith(("http", "mailto")):
            assert (path.parent / target).exists(), f"{target} is not there"


def test_every_page_is_in_the_table_of_contents():
    listed = set(re.findall(r"^([A-Za-z0-9-]+)$", page("index"), re.M))
    assert {path.stem for path in DOCS.glob("*.md")} - {"index"} == listed


def test_every_library_has_a_line_that_says_why():
    text = page("dependencies").lower()
    wanted = re.findall(r'^    "([A-Za-z0-9_.-]+)', (ROOT / "setup.py").read_text(), re.M)
    aliases = {"buildbot-worker": "buildbot", "buildbot-www": "buildbot",
               "psycopg2-binary": "psycopg2", "myst-parser": "myst", "highspy": "highs"}
    for name in wanted:
        assert aliases.get(name.lower(), name.lower()) in text, name
