"""What holds for every name, real or not."""

from dataclasses import fields

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seta.names import parse
from seta.names.spelling import tables

WORD = st.text("ab1_.+", min_size=1, max_size=3)
KNOWN = st.sampled_from(sorted(
    {"opt", "debug", "leak", "test", "talos", "build", "e10s", "android", "mochitest", "0", "12"}
    | tables().build_type_suffixes | tables().suites.keys() | tables().test_platforms.keys()
    | tables().build_platforms.keys() | set(tables().test_platforms.values())
))
HYPHENED = st.lists(WORD | KNOWN, min_size=1, max_size=4).map("-".join)
LABEL = st.tuples(
    st.sampled_from(sorted(tables().label_kinds)), HYPHENED, st.just("/"), HYPHENED
).map("".join)
BUILDER_WORDS = st.sampled_from(
    sorted(tables().builder_platforms) + sorted(tables().builder_builds)
    + ["leak test", "opt test", "talos", "Code Coverage", "proj"]
)
BUILDER = st.tuples(
    st.lists(BUILDER_WORDS | HYPHENED, min_size=1, max_size=3), st.just(["proj"]),
    st.lists(BUILDER_WORDS | HYPHENED, min_size=1, max_size=4),
).map(lambda parts: " ".join(sum(parts, [])))
SYSTEM = st.sampled_from(["taskcluster", "buildbot", "other", ""])


@settings(deadline=None)
@given(st.text() | LABEL | BUILDER, SYSTEM | st.text(), st.text() | st.just("proj"))
def test_whatever_parses_comes_back_from_its_canonical_name(
    canonical, name, build_system, project
):
    job_type = parse(name, build_system, project)
    if job_type is not None:
        assert parse(canonical(job_type), "taskcluster", "any") == job_type


@settings(deadline=None, max_examples=300)
@given(LABEL)
def test_a_build_label_is_a_build_and_a_chunk_is_the_end_of_a_label(label):
    job_type = parse(label, "taskcluster", "proj")
    if job_type is None:
        return
    assert job_type.is_build or not label.startswith("build-")
    assert not job_type.chunk or label.endswith(f"-{job_type.chunk}")


@settings(deadline=None, max_examples=300)
@given(BUILDER)
def test_builder_names_of_the_grammar_parse_the_same_every_time(name):
    assert parse(name, "buildbot", "proj") == parse(name, "other", "proj")
    assert parse(name, "buildbot", "elsewhere") is None


@pytest.mark.parametrize(
    "table", [field.name for field in fields(tables()) if field.type != frozenset[str]]
)
def test_no_table_is_applied_to_what_it_gives(table):
    spellings = getattr(tables(), table)
    assert spellings
    assert not spellings.keys() & {value for value in spellings.values() if isinstance(value, str)}


def test_platforms_of_builds_and_builders_are_final():
    given_out = {*tables().build_platforms.values(), *tables().builder_platforms.values()}
    assert not given_out & tables().test_platforms.keys()
