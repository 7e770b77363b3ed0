"""Pushes that are recorded together get what they would have got one after the other."""

import gzip
import json
from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from seta.domain import Cadence, Interval
from seta.errors import Conflict
from seta.ledger import Answer, draft_schedule, record_schedules
from seta.store import schema

CADENCE = Cadence(Interval(2, 30), Interval(3, 60), Interval(5, 90))
SPAN = timedelta(hours=12)
COLUMNS = ("push_id", "revision", "pushed_at", "kind", "ran_priority_2", "ran_priority_3",
           "ran_backstop", "counts")


@pytest.fixture
def fresh(session, make_ci):
    """Make a project of its own for each history."""
    made = Counter()

    def make():
        made["all"] += 1
        return make_ci(session, f"p{made['all']}", cadence=CADENCE)
    return make


def record(ci, pushes):
    """Draft all of these pushes, as (id, minutes), then record them together."""
    drafts, answers = [], {}
    for place, (push_id, minutes) in enumerate(pushes):
        draft = draft_schedule(ci.session, ci.project, ci.push(push_id, minutes), ci.published,
                               now=ci.at(10_000), never_ran_after=SPAN)
        if isinstance(draft, Answer):
            answers[place] = draft
        else:
            drafts.append((place, draft))
    if drafts:
        found = record_schedules(
            ci.session, [(draft, f"client {place}") for place, draft in drafts])
        answers |= {place: answer for (place, _), answer in zip(drafts, found, strict=True)}
    return [answers[place] for place in sorted(answers)]


def ledger_of(ci):
    rows = ci.session.scalars(select(schema.Schedule).where(
        schema.Schedule.project == ci.project.name).order_by(schema.Schedule.id))
    return [tuple(getattr(row, column) for column in COLUMNS) for row in rows]


def said(answer):
    return json.loads(gzip.decompress(answer.packed)) | {"snapshot": 0}


@settings(max_examples=60, deadline=None, database=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(batches=st.lists(
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 200)), min_size=1, max_size=6),
    min_size=1, max_size=4))
def test_together_is_one_after_the_other(fresh, batches):
    """Late ones, known ones and the same one twice among them."""
    together, alone = fresh(), fresh()
    for batch in batches:
        pushes = [(str(number), minutes) for number, minutes in batch]
        found = record(together, pushes)
        expected = [record(alone, [push])[0] for push in pushes]
        assert [said(each) for each in found] == [said(each) for each in expected]
        assert [each.is_new for each in found] == [each.is_new for each in expected]
    assert ledger_of(together) == ledger_of(alone)


def test_each_has_its_line_in_the_audit_log(fresh):
    ci = fresh()
    record(ci, [("1", 0), ("2", 5), ("3", 9)])
    lines = ci.session.execute(
        select(schema.Audit.who, schema.Audit.target, schema.Audit.details)
        .order_by(schema.Audit.id)).all()
    assert lines == [(f"client {number}", f"{ci.project.name} {number + 1}",
                      {"build_system": "taskcluster"}) for number in range(3)]


def test_another_revision_of_a_push_of_the_batch_is_its_conflict_alone(fresh):
    ci = fresh()
    drafts = [draft_schedule(ci.session, ci.project, ci.push(push_id, 5, revision), ci.published,
                             now=ci.at(5), never_ran_after=SPAN)
              for push_id, revision in (("1", "a" * 40), ("1", "b" * 40), ("2", "c" * 40))]
    first, second, third = record_schedules(ci.session, [(draft, "ann") for draft in drafts])
    assert first.is_new and third.is_new
    assert isinstance(second, Conflict) and "a" * 40 in str(second)
