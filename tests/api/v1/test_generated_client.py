"""The OpenAPI document under two programs of others: one checks it, one makes a client of it."""

import importlib
import json
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from ci_world import NOON
from openapi_spec_validator import validate
from sqlalchemy.orm import sessionmaker

from seta.config import Settings
from seta.wsgi import build_app


@pytest.fixture(scope="module")
def document() -> dict:
    return build_app(Settings(), sessionmaker()).test_client().get("/api/v1/openapi.json").json


@pytest.fixture(scope="module")
def generated(document, tmp_path_factory):
    """The folder of a client that was made from the document, and what its maker complained of."""
    folder = tmp_path_factory.mktemp("generated")
    file = folder / "openapi.json"
    file.write_text(json.dumps(document))
    done = subprocess.run(
        [Path(sys.executable).with_name("openapi-python-client"), "generate", "--path", file,
         "--meta", "none", "--output-path", folder / "seta_client"],
        capture_output=True, text=True, env={"PATH": str(Path(sys.executable).parent)})
    assert done.returncode == 0, done.stdout + done.stderr
    return folder, done.stdout + done.stderr


@pytest.fixture
def client_of(generated, monkeypatch):
    """Import a part of the generated client."""
    monkeypatch.syspath_prepend(generated[0])
    yield lambda name: importlib.import_module(f"seta_client{name}")
    for name in [each for each in sys.modules if each.startswith("seta_client")]:
        del sys.modules[name]


def test_the_document_is_valid_openapi(document):
    validate(document)


def test_every_reference_leads_to_a_schema(document):
    names = {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}
    assert references(document) <= names


def test_every_schema_has_a_name_of_its_own(document):
    schemas = document["components"]["schemas"]
    assert all(name.isidentifier() for name in schemas)
    assert all(schema["title"] == name for name, schema in schemas.items())


def references(value) -> set[str]:
    if isinstance(value, dict):
        own = {value["$ref"]} if isinstance(value.get("$ref"), str) else set()
        return own.union(*map(references, value.values()))
    return set().union(*map(references, value)) if isinstance(value, list) else set()


def test_a_client_can_be_generated_of_every_call(document, generated):
    """But for NDJSON, a second form of one body, it leaves nothing out."""
    folder, complaints = generated
    left_out = [line for line in complaints.splitlines()
                if line.startswith(("WARNING", "Unable", "Unsupported", "Cannot"))]
    assert left_out == ["WARNING parsing POST /api/v1/results within results.",
                        "Unsupported content type application/x-ndjson"]
    calls = [path for path in (folder / "seta_client" / "api").rglob("*.py")
             if path.name != "__init__.py"]
    assert len(calls) == sum(len(operations) for operations in document["paths"].values())


def test_the_generated_client_reads_and_writes(api, autoland, client_of):
    models = client_of(".models")
    client = client_of("").AuthenticatedClient(
        base_url="http://seta", token=api.headers["Authorization"].removeprefix("Bearer "),
        httpx_args={"transport": httpx.WSGITransport(api.app)})

    def call(name, *path, **more):
        return client_of(f".api.{name}").sync(*path, client=client, **more)

    projects = call("projects.get_api_v1_projects")
    assert [each.name for each in projects.items] == ["autoland"]

    push = models.PushIn(revision="a" * 40, pushed_at=NOON)
    schedule = call("pushes.put_api_v1_projects_project_pushes_push_id_schedule",
                    "autoland", "7", body=push)
    again = call("pushes.get_api_v1_projects_project_pushes_push_id_schedule", "autoland", "7")
    assert schedule.kind == again.kind and "test-linux64/opt-high" in schedule.run

    record = models.RecordResult.from_dict({
        "kind": "result", "namespace": "ci", "job_id": "1", "project": "autoland",
        "build_system": "taskcluster", "name": "test-linux64/opt-high", "revision": "a" * 40,
        "pushed_at": NOON.isoformat(), "result": "testfailed"})
    assert call("results.post_api_v1_results", body=[record]).accepted == 1

    status = call("operation.get_api_v1_status")
    assert [each.project for each in status.projects] == ["autoland"]
    assert call("snapshots.get_api_v1_snapshots_snapshot_id", 99).detail
