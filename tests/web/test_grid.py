"""How job types are laid out on the page."""

from seta.domain import JobType, Priority
from seta.web.grid import lay_out


def test_suites_are_rows_platforms_are_columns_and_chunks_stand_side_by_side():
    decided = {
        JobType("linux64", "opt", "mochitest", 2): (Priority.FIRST, "chosen"),
        JobType("linux64", "opt", "mochitest", 10): (Priority.SECOND, "covered"),
        JobType("linux64", "debug", "xpcshell"): (Priority.THIRD, "caught nothing"),
    }
    grid = lay_out([(f"name of {job_type}", job_type) for job_type in reversed(decided)], decided)

    assert grid.columns == (("linux64", "debug"), ("linux64", "opt"))
    assert [(suite, [[square.text for square in cell] for cell in cells])
            for suite, cells in grid.rows] == [
        ("mochitest", [[], ["2", "10"]]), ("xpcshell", [["•"], []])]
    assert [grid.count(priority) for priority in Priority] == [1, 1, 1]
    assert grid.total == 3


def test_two_names_of_one_job_type_are_both_shown():
    job_type = JobType("linux64", "opt", "mochitest", 1)
    grid = lay_out([("b", job_type), ("a", job_type)], {job_type: (Priority.FIRST, "chosen")})
    ((_, (cell,)),) = grid.rows
    assert [square.name for square in cell] == ["a", "b"]


def test_nothing_is_an_empty_grid():
    assert lay_out([], {}).total == 0
