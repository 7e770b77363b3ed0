"""Headers that every answer has, also errors, 304s and the legacy routes."""

import pytest

from seta.store.engine import make_engine, make_sessions

LIST = "/api/project/autoland/seta/job-priorities/"


@pytest.mark.parametrize("method, path, headers, status", [
    ("GET", LIST, {}, 200),
    ("GET", LIST, {"If-None-Match": "*"}, 304),
    ("GET", LIST + "?priority=x", {}, 400),
    ("POST", LIST, {}, 405),
    ("GET", "/nothing", {}, 404),
    ("GET", "/", {}, 200),
    ("GET", "/static/seta.css", {}, 200),
    ("GET", "/api/v1/docs", {}, 200),
    ("GET", "/api/v1/status", {}, 200),
    ("OPTIONS", "/api/v1/status", {}, 200),
    ("GET", "/api/v1/projects/none", {}, 404),
    ("POST", "/api/v1/results", {}, 401),
    ("GET", "/__lbheartbeat__", {}, 200),
    ("GET", "/__heartbeat__", {}, 200),
])
def test_no_answer_may_be_framed_or_sniffed(good_api, method, path, headers, status):
    answer = good_api.client.open(path, method=method, headers=headers)
    assert answer.status_code == status
    assert answer.headers.getlist("X-Content-Type-Options") == ["nosniff"]
    policies = answer.headers.getlist("Content-Security-Policy")
    assert "; ".join(policies).count("frame-ancestors 'none'") == 1
    if path in ("/", "/api/v1/docs"):
        assert "style-src 'self'" in policies[0] or "default-src 'self'" in policies[0]


@pytest.fixture(scope="module")
def good_api(make_database, template, make_api):
    """A server with a project, to read only."""
    engine = make_engine(make_database(template), pool_size=10)
    api = make_api(make_sessions(engine))
    api.add_project()
    yield api
    engine.dispose()
