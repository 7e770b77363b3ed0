"""The OpenAPI document, and that the API keeps it: schemathesis over the whole of it."""

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance
from sqlalchemy.orm import sessionmaker

from seta.config import Settings
from seta.store.engine import make_engine, make_sessions
from seta.wsgi import build_app

METHODS = ("get", "post", "put", "patch", "delete")
PLAIN = {"Accept-Encoding": "identity"}
KNOWN = {"project": "autoland", "push_id": "1", "scope": "trunk", "snapshot_id": 1,
         "override_id": 1, "rename_id": 1, "fixed_by": "9fa614d8310d"}
BOUNDED = settings(
    max_examples=8, deadline=None, database=None, derandomize=True,
    suppress_health_check=list(HealthCheck), phases=[Phase.explicit, Phase.generate])


def document() -> dict:
    app = build_app(Settings(), sessionmaker())
    with app.app_context():
        return app.spec


DOCUMENT = document()
CALLS = [(method.upper(), path) for path, operations in DOCUMENT["paths"].items()
         for method in METHODS if method in operations]
WITH_INPUT = [(method, path) for method, path in CALLS
              if DOCUMENT["paths"][path][method.lower()].keys() & {"requestBody"}
              or DOCUMENT["paths"][path][method.lower()]["parameters"]]


@pytest.fixture(scope="module")
def world(make_database, template, make_api):
    """A server with a project, in a database of the module's own."""
    engine = make_engine(make_database(template), pool_size=10)
    api = make_api(make_sessions(engine), writes_per_minute=1_000_000)
    api.add_project()
    _fill(api)
    yield api
    engine.dispose()


def _fill(api) -> None:
    """Let there be something of every kind."""
    push = {"revision": "a" * 40, "pushed_at": "2026-03-01T11:00:00Z"}
    api.put("/projects/autoland/pushes/1/schedule", push)
    api.post("/overrides", {"overrides": [{"platform": "win*", "priority": 2, "reason": "slow"}]})
    api.post("/renames", {"old": {"platform": "a"}, "new": {"platform": "b"}, "why": "new"})
    api.post("/projects", {"name": "spare"})
    api.add_failures()


@pytest.fixture(scope="module")
def schema(world):
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", world.app)


def cases(schema, method, path, mode):
    """Requests for what is there, and for whatever else a path may name."""
    call = schema[path][method]
    known = {name: value for name, value in KNOWN.items() if f"{{{name}}}" in path}
    if (method, path) == ("DELETE", "/api/v1/projects/{project}"):
        known = {"project": "spare"}  # the others are needed on
    anything = call.as_strategy(generation_mode=mode)
    if not known:
        return anything
    return st.one_of(call.as_strategy(generation_mode=mode, path_parameters=known), anything)


@pytest.mark.parametrize("method, path", CALLS, ids=[" ".join(call) for call in CALLS])
def test_what_the_document_allows_is_answered_as_it_says(world, schema, method, path):
    @BOUNDED
    @given(case=cases(schema, method, path, GenerationMode.POSITIVE))
    def is_answered(case):
        answer = case.call_and_validate(
            headers=world.headers | PLAIN, excluded_checks=[positive_data_acceptance])
        # What it means may still be wrong, such as a cycle of renames; its form is not.
        assert answer.status_code != 400 or "errors" not in answer.json()
    is_answered()


@pytest.mark.parametrize("method, path", WITH_INPUT, ids=[" ".join(call) for call in WITH_INPUT])
def test_what_the_document_forbids_is_refused_as_it_says(world, schema, method, path):
    # Of results, single records are rejected, by number, in an answer that is otherwise good.
    excluded = [negative_data_rejection] if path.endswith("/results") else []

    @BOUNDED
    @given(case=cases(schema, method, path, GenerationMode.NEGATIVE))
    def is_refused(case):
        case.call_and_validate(headers=world.headers | PLAIN, excluded_checks=excluded)
    is_refused()
