"""The examples of docs/api.md run."""

import json
import re
from pathlib import Path

import pytest

PAGE = (Path(__file__).parents[3] / "docs" / "api.md").read_text(encoding="utf-8")
ANSWER, OVERRIDES = (json.loads(block) for block in re.findall(r"```json\n(.*?)```", PAGE, re.S))
CURL = re.search(r"curl -X PUT .*?\$SETA_URL/api/v1(\S+)\".*?-d '(.*?)'\n```", PAGE, re.S)


def test_the_schedule_call_answers_in_the_form_that_is_shown(api, autoland):
    path, body = CURL[1], json.loads(CURL[2])
    assert api.put(path.replace("117032", "117031"), body).status_code == 201
    second = api.put(path, body | {"pushed_at": "2026-03-01T12:10:00Z"}).json
    assert second.keys() == ANSWER.keys()
    assert (second["action"], second["kind"]) == (ANSWER["action"], ANSWER["kind"])
    assert second["priorities"].keys() == ANSWER["priorities"].keys()
    assert second["next_due"]["2"].keys() == ANSWER["next_due"]["2"].keys()


def test_the_overrides_that_are_shown_are_taken(api, autoland):
    planned = api.post("/overrides", OVERRIDES).json
    assert planned["dry_run"] and len(planned["overrides"]) == len(OVERRIDES["overrides"])


@pytest.mark.parametrize("setting", re.findall(r"`(SETA_[A-Z_]+)`", PAGE))
def test_the_settings_that_are_named_exist(setting):
    settings = (Path(__file__).parents[3] / "docs" / "settings.md").read_text(encoding="utf-8")
    assert f"`{setting}`" in settings
