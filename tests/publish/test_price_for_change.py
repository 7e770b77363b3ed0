"""With a price for change an analysis keeps what was published, and says from where."""

from dataclasses import replace
from datetime import timedelta

import pytest
from publish.made_evidence import NOW

from seta.config import Settings
from seta.publish import analyze, roll_back
from seta.store.curation import projects
from seta.store.snapshots import published_at

A, B = "test-linux64/opt-mochitest-1", "test-linux64/opt-mochitest-2"
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def chosen(snapshot):
    return [str(each.job_type) for each in snapshot.priorities if each.reason == "chosen"]


@pytest.fixture
def settings():
    return Settings(max_change=1.0)   # of two job types


@pytest.fixture
def moved(trunk, sessions, settings):
    """A was cheapest and is published; since then B is, by a fifth."""
    trunk.caught("a" * 12, A, at=NOW - DAY, duration_ms=60_000)
    trunk.caught("a" * 12, B, at=NOW - DAY, duration_ms=70_000)
    first = analyze(sessions, "trunk", now=NOW, settings=settings)
    assert chosen(first) == ["linux64/opt-mochitest-1"] and first.is_published
    trunk.result(A, at=NOW + HOUR, duration_ms=108_000)   # its mean is 84 seconds
    return first


def price(sessions, value):
    with sessions.begin() as session:
        projects.save_scope(session, replace(projects.scope_named(session, "trunk"),
                                             change_price=value))


def test_what_is_published_stays_until_another_is_so_much_better(moved, sessions, settings):
    decide = {"sessions": sessions, "scope": "trunk", "now": NOW + 2 * HOUR, "settings": settings,
              "dry_run": True}
    assert chosen(analyze(**decide)) == ["linux64/opt-mochitest-2"]
    price(sessions, 1.3)
    kept = analyze(**decide)
    assert chosen(kept) == ["linux64/opt-mochitest-1"]
    assert (kept.inputs["change_price"], kept.inputs["kept_from"]) == (1.3, moved.id)
    assert (kept.objective, kept.lower_bound) == (84_000, 70_000)
    assert kept.comparison["least"] == {"job_types": 1, "cost": 70_000}
    price(sessions, 1.1)
    assert chosen(analyze(**decide)) == ["linux64/opt-mochitest-2"]


def test_as_of_looks_at_what_was_published_then(moved, sessions, settings):
    """Before the first publication nothing is kept, and what came later is not seen."""
    second = analyze(sessions, "trunk", now=NOW + 2 * HOUR, settings=settings)
    assert chosen(second) == ["linux64/opt-mochitest-2"]
    price(sessions, 1.3)
    found = {hours: analyze(sessions, "trunk", now=NOW + DAY, as_of=NOW + hours * HOUR,
                            settings=settings, dry_run=True).inputs["kept_from"]
             for hours in (-1, 1, 3)}
    assert found == {-1: None, 1: moved.id, 3: second.id}


def test_a_rollback_is_a_publication_too(moved, sessions, settings):
    analyze(sessions, "trunk", now=NOW + 2 * HOUR, settings=settings)
    roll_back(sessions, "trunk", who="ann", why="odd", now=NOW + 3 * HOUR)
    with sessions() as session:
        assert published_at(session, "trunk", NOW + 4 * HOUR) == moved.id
