"""The OpenAPI document and the page that shows it."""

import re

import pytest
import schemathesis
from jsonschema import Draft202012Validator
from sqlalchemy.orm import sessionmaker

from seta.config import Settings
from seta.wsgi import build_app


@pytest.fixture(scope="module")
def app():
    """A server without a database: documents need none."""
    return build_app(Settings(), sessionmaker())


@pytest.fixture(scope="module")
def document(app):
    return app.test_client().get("/api/v1/openapi.json").json


def calls(document):
    return [(method, path, call) for path, methods in document["paths"].items()
            for method, call in methods.items()]


def test_it_is_openapi_3_1_and_valid(document):
    assert document["openapi"] == "3.1.0"
    schemathesis.openapi.from_dict(document).validate()
    for schema in document["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


def test_every_route_is_in_it(app, document):
    routes = {(method.lower(), re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule))
              for rule in app.url_map.iter_rules() for method in rule.methods
              if rule.rule.startswith("/api/v1/") and method not in ("HEAD", "OPTIONS")}
    documented = {(method, path) for method, path, _ in calls(document)}
    assert {path for _, path in routes - documented} == {
        "/api/v1/openapi.json", "/api/v1/docs", "/api/v1/docs/{name}", "/api/v1/ingest-runs"}


def test_every_call_says_what_it_does_and_how_it_fails(document):
    for method, path, call in calls(document):
        assert call["summary"], (method, path)
        assert {"400", "404", "503"} <= call["responses"].keys(), (method, path)
        if method != "get":
            assert call["security"] == [{"bearer": []}], (method, path)
            assert {"401", "409", "413", "429"} <= call["responses"].keys(), (method, path)


def test_errors_are_problem_details(document):
    for _, _, call in calls(document):
        for status, response in call["responses"].items():
            if int(status) >= 400:
                assert list(response["content"]) == ["application/problem+json"]


def test_whoever_has_the_document_gets_a_304(app):
    client = app.test_client()
    etag = client.get("/api/v1/openapi.json").headers["ETag"]
    again = client.get("/api/v1/openapi.json", headers={"If-None-Match": etag})
    assert (again.status_code, again.data) == (304, b"")


def test_the_page_shows_every_call_and_loads_nothing_from_elsewhere(app, document):
    client = app.test_client()
    page = client.get("/api/v1/docs")
    text = page.get_data(as_text=True)
    for _, path, call in calls(document):
        assert path in text
    loaded = re.findall(r"(?:src|href)=\"([^\"#][^\"]*)\"", text)
    assert set(loaded) == {"/api/v1/docs/api_docs.css", "/api/v1/openapi.json"}
    assert "<script" not in text
    assert page.headers["Content-Security-Policy"] == "default-src 'none'; style-src 'self'"
    assert client.get("/api/v1/docs/api_docs.css").mimetype == "text/css"


def test_the_links_of_the_page_lead_somewhere(app):
    text = app.test_client().get("/api/v1/docs").get_data(as_text=True)
    anchors = re.findall(r"href=\"#([^\"]+)\"", text)
    assert anchors and len(set(anchors)) == len(anchors)
    assert set(anchors) == set(re.findall(r"<section id=\"([^\"]+)\"", text))


@pytest.mark.parametrize("name", ["../errors.py", "%2e%2e/errors.py", "none.css"])
def test_no_other_file_is_served(app, name):
    assert app.test_client().get(f"/api/v1/docs/{name}").status_code == 404
