"""R62: answers are read by their own header; recorded real ones of three formats."""

import json

import pytest
from loopback.documents import DATA

from seta.errors import SourceGarbled
from seta.sources.activedata.answers import decode_rows

LABEL = "test-linux64/debug-mochitest-browser-chrome-e10s-15"


def recorded(name):
    return json.loads((DATA / name).read_text(encoding="utf-8"))


@pytest.mark.parametrize(("name", "count", "column", "first"), [
    pytest.param("cube_2018-10-08.json", 10, "job.type.name", LABEL, id="cube with select"),
    pytest.param("cube_2018-10-18.json", 24, "build.date", 1539530372, id="cube, data alone"),
    pytest.param("table_2018-10-22.json", 3, "build.revision12", "f92df1fed274", id="table"),
    pytest.param("table_without_meta.json", 10, "tasks", 772, id="table without meta"),
])
def test_a_recorded_answer_gives_its_rows(name, count, column, first):
    rows = decode_rows(recorded(name), (column,), "recorded")
    assert len(rows) == count
    assert rows[0][column] == first


def test_the_cells_of_a_row_belong_together():
    rows = decode_rows(recorded("cube_2018-10-08.json"), (), "recorded")
    assert rows[7] == {
        "action.request_time": 1539470055, "build.date": 1539469948,
        "build.revision12": "440def3cf293", "failure.notes.text": None,
        "job.type.name": "test-linux64/opt-mochitest-media-e10s-2",
    }


@pytest.mark.parametrize("answer", [
    pytest.param({"header": ["b", "a"], "data": [[2, 1]]}, id="another order"),
    pytest.param({"header": [{"name": "a"}, {"name": "b"}], "data": [[1, 2]]},
                 id="columns as objects, as until 2017"),
    pytest.param({"meta": {"format": "list"}, "data": [{"a": 1, "b": 2}]}, id="list"),
    pytest.param({"data": [{"a": 1, "b": 2}]}, id="list without meta"),
    pytest.param({"data": {"b": [2], "a": [1]}, "edges": []}, id="cube"),
])
def test_every_format_gives_the_same_rows(answer):
    assert decode_rows(answer, ("a", "b"), "it") == [{"a": 1, "b": 2}]


@pytest.mark.parametrize("answer", [
    pytest.param({"header": ["a"], "data": []}, id="table"),
    pytest.param({"meta": {"format": "list"}, "data": []}, id="list"),
    pytest.param({"meta": {"format": "cube"}, "data": {}}, id="cube without columns"),
    pytest.param({"data": {"a": []}}, id="cube with empty columns"),
])
def test_no_rows_is_an_answer_where_it_says_so(answer):
    assert decode_rows(answer, ("a",), "it") == []


@pytest.mark.parametrize("answer", [
    pytest.param({"data": {"a": [1], "b": [1, 2]}}, id="columns of two lengths"),
    pytest.param({"data": {"a": 1}}, id="a column that is not a list"),
    pytest.param({"meta": {"format": "list"}, "data": [[1]]}, id="a row that is not an object"),
    pytest.param({"meta": {"format": "table"}, "data": []}, id="a table without its header"),
    pytest.param({"meta": 3, "data": [1]}, id="numbers"),
    pytest.param([], id="a bare list"),
])
def test_another_shape_is_garbled(answer):
    with pytest.raises(SourceGarbled, match="^it: "):
        decode_rows(answer, ("a",), "it")
