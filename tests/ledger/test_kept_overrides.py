"""Priorities as people changed them are kept between pushes, and yet are those of the moment."""

from dataclasses import replace
from datetime import timedelta
from itertools import count

from ci_world import NOON, PRIORITIES
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from seta.domain import DEFAULT_SCOPE, Override, Pattern, Priority
from seta.ledger.prepared import KeptNames
from seta.ledger.priorities import names_now
from seta.store.curation import overrides

NAMES = [name for names in PRIORITIES.values() for name in names]
PATTERNS = st.one_of(
    st.sampled_from(NAMES).map(lambda name: Pattern(name=name)),
    st.builds(Pattern, platform=st.sampled_from(["linux64", "win*", "*"]),
              test_suite=st.sampled_from(["low*", "high", "*"])))
STEPS = st.lists(st.one_of(
    st.tuples(st.just("add"), PATTERNS, st.sampled_from([*Priority, None]),
              st.sampled_from([None, 30, 90])),
    st.tuples(st.just("end")),
    st.tuples(st.just("mean"), st.sampled_from(NAMES), st.sampled_from(NAMES)),
    st.tuples(st.just("build"), st.sampled_from(NAMES)),
    st.tuples(st.just("wait"), st.integers(0, 60))), max_size=8)


@given(STEPS)
@settings(deadline=None, max_examples=40,
          suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_kept_is_what_would_be_made_from_nothing(ci, results, steps):
    session, clock, numbers = ci.session, NOON, count()
    inner = session.begin_nested()
    for what, *values in steps:
        if what == "add":
            pattern, priority, minutes = values
            overrides.add_override(session, Override(
                DEFAULT_SCOPE, pattern, priority, "why", f"ann{next(numbers)}", clock,
                expires_at=minutes and clock + timedelta(minutes=minutes)))
        elif what == "end":
            for each in overrides.overrides(session, active_at=clock, limit=1):
                overrides.end_override(session, each.id, who="ann", at=clock)
        elif what == "mean":
            session.execute(text(
                "UPDATE job_names SET job_type_id = other.job_type_id FROM job_names AS other "
                "WHERE job_names.name = :one AND other.name = :other"),
                {"one": values[0], "other": values[1]})
        elif what == "build":
            session.execute(text("UPDATE job_names SET is_build = NOT is_build WHERE name = :name"),
                            {"name": values[0]})
        else:
            clock += timedelta(minutes=values[0])
        kept, anew = (names_now(session, ci.project, ci.build_system, lists, now=clock)
                      for lists in (ci.published, replace(ci.published, kept=KeptNames())))
        assert kept.priority_of == anew.priority_of
    inner.rollback()
    session.expire_all()


def test_a_job_that_turns_out_to_be_a_build_is_lowered_no_longer(ci, results):
    job = PRIORITIES[Priority.SECOND][0]
    overrides.add_override(ci.session, Override(
        DEFAULT_SCOPE, Pattern(platform="linux64"), Priority.THIRD, "why", "ann", NOON))
    found = []
    for is_build in (False, True, False):
        ci.session.execute(text("UPDATE job_names SET is_build = :is_build WHERE name = :name"),
                           {"is_build": is_build, "name": job})
        found.append(names_now(ci.session, ci.project, ci.build_system, ci.published, now=NOON)
                     .priority_of[job])
    assert found == [Priority.THIRD, Priority.SECOND, Priority.THIRD]
