"""What is pinned: with hashes, within the ranges, and as the tests run with it."""

import importlib.util
import re
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
REQUIREMENTS = (ROOT / "requirements.txt").read_text()


def pins(text: str) -> dict[str, str]:
    return {canonicalize_name(name): version for name, version in
            re.findall(r"^([A-Za-z0-9_.-]+)(?:\[.*?\])?==([^\s\\]+)", text, re.M)}


def server_ranges() -> list[Requirement]:
    """The ranges of the base package and of `seta[server]`, as setup.py has them."""
    text = (ROOT / "setup.py").read_text()
    listed = (re.search(r"^SERVER = \[(.*?)^\]", text, re.M | re.S).group(1)
              + re.search(r"install_requires=\[(.*?)\]", text).group(1))
    return [Requirement(each) for each in re.findall(r'"([^"]+)"', listed)]


@pytest.fixture
def audit():
    spec = importlib.util.spec_from_file_location("audit", ROOT / ".ci/audit.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_pin_has_the_hashes_of_its_files():
    stanzas = re.split(r"^(?=[A-Za-z0-9])", re.sub(r"^ *#.*\n", "", REQUIREMENTS, flags=re.M),
                       flags=re.M)
    hashed = [stanza for stanza in stanzas if re.search(r"--hash=sha256:[0-9a-f]{64}", stanza)]
    assert len(hashed) == len(pins(REQUIREMENTS)) > 40


def test_what_the_server_needs_is_pinned_within_its_range():
    """Fails after a change of setup.py until `tox run -e pins` was run."""
    pinned = pins(REQUIREMENTS)
    for needed in server_ranges():
        assert pinned[canonicalize_name(needed.name)] in needed.specifier, str(needed)


def test_the_tests_run_with_what_hosts_install():
    tested = pins((ROOT / "tests/constraints.txt").read_text())
    assert {name: tested.get(name) for name in pins(REQUIREMENTS)} == pins(REQUIREMENTS)


@pytest.mark.parametrize("packages, code, words", [
    pytest.param([{"name": "a", "version": "1", "vulns": []}], 0,
                 "no known vulnerabilities in 1 packages", id="clean"),
    pytest.param([{"name": "a", "version": "1", "vulns": [
        {"id": "CVE-1", "fix_versions": ["2"]}]}], 1, "a 1: CVE-1, fixed in 2", id="vulnerable"),
    pytest.param([{"name": "a", "version": "1", "vulns": []},
                  {"name": "b", "skip_reason": "no answer for b"}], 2,
                 "NOT AUDITED: 1 of 2 packages could not be looked up", id="not looked up"),
    pytest.param([], 2, "NOT AUDITED", id="nothing pinned"),
])
def test_an_audit_that_could_not_look_everything_up_is_no_clean_one(audit, packages, code, words):
    found, lines = audit.judge(packages)
    assert found == code and words in "\n".join(lines)
