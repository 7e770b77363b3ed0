"""The bytes of an answer are those of a plain encoder, however they were put together."""

import gzip
import json
import zlib
from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from seta.domain import Priority
from seta.ledger.cadence import CadenceDecision, NextDue
from seta.ledger.payloads import format_utc, next_due, schedule_bytes
from seta.ledger.plan import full_plan, plan_by_cadence
from seta.ledger.prepared import MOST_KEPT, KeptNames, PreparedNames
from seta.ledger.priorities import PriorityLists

TIMES = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)).map(
    lambda time: time.replace(tzinfo=UTC))
NAMES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1)
PRIORITY_OF = st.dictionaries(NAMES, st.sampled_from(Priority), max_size=12)
DUE = st.frozensets(st.sampled_from([Priority.SECOND, Priority.THIRD])).map(
    lambda due: due | {Priority.FIRST})
NEXT_DUE = st.fixed_dictionaries({name: st.builds(NextDue, st.integers(1, 99), TIMES | st.none())
                                  for name in ("priority_2", "priority_3", "backstop")})


def written_out(plan) -> bytes:
    return json.dumps({
        "action": "run", "kind": plan.names.kind, "run": plan.names.run, "skip": plan.names.skip,
        "priorities": {str(priority.value): {"due": priority in plan.ran, "jobs": jobs}
                       for priority, jobs in plan.jobs.items()},
        "snapshot": plan.snapshot, "fresh_until": format_utc(plan.fresh_until),
        "reasons": plan.reasons, "next_due": next_due(plan.next_due),
    }, ensure_ascii=False, separators=(",", ":")).encode()


@given(PRIORITY_OF, st.lists(st.tuples(
    DUE, st.booleans(), st.lists(NAMES, max_size=3), st.lists(st.text("äb\"\\\n")), NEXT_DUE,
    TIMES | st.none()), min_size=1, max_size=4), st.data())
@settings(deadline=None)
def test_the_names_and_the_bytes_are_those_of_an_answer_made_from_nothing(
    priority_of, pushes, data
):
    """Several pushes of one snapshot: what was kept of one is used for the next."""
    names = PreparedNames(priority_of)
    for due, is_everything, unknown, reasons, next_times, until in pushes:
        failing = {*data.draw(st.lists(st.sampled_from(sorted(priority_of) or ["x"]))), *unknown}
        if is_everything:
            plan = full_plan(names, tuple(reasons), snapshot=7, next_due=next_times)
            run = set(priority_of)
        else:
            decision = CadenceDecision(due, len(due) == 3, False, tuple(reasons), next_times)
            lists = PriorityLists(7, until or datetime.now(UTC), fresh_until=until)
            plan = plan_by_cadence(names, decision, failing, lists)
            run = {name for name, priority in priority_of.items()
                   if priority in due or name in failing} or set(priority_of)
        assert plan.names.run == tuple(sorted(run))
        assert plan.names.skip == tuple(sorted(set(priority_of) - run))
        packed = schedule_bytes(plan)
        assert gzip.decompress(packed) == written_out(plan)
        assert is_one_member(packed)


def is_one_member(packed: bytes) -> bool:
    unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16)
    unpacker.decompress(packed)
    return unpacker.eof and not unpacker.unused_data


def test_what_was_prepared_is_used_again_and_does_not_pile_up():
    names = PreparedNames({f"job-{number}": Priority.SECOND for number in range(100)})
    first = names.selective({Priority.FIRST}, {"job-1"})
    assert names.selective(frozenset({Priority.FIRST}), frozenset({"job-1"})) is first
    for number in range(MOST_KEPT):
        names.selective({Priority.FIRST}, {f"job-{number + 2}"})
    assert names.selective({Priority.FIRST}, {"job-1"}) is not first


def test_names_of_other_priorities_are_prepared_anew():
    kept = KeptNames()
    first = kept.published({Priority.FIRST: ("a",)})
    assert kept.published({Priority.FIRST: ("a",)}) is first
    assert kept.published({Priority.SECOND: ("a",)}).priority_of == {"a": Priority.SECOND}
    lowered = kept.overridden(1, lambda: {"a": Priority.THIRD})
    assert kept.overridden(1, lambda: {}) is lowered
    assert kept.overridden(2, lambda: {"a": Priority.FIRST}).priority_of == {"a": Priority.FIRST}
