"""Bodies of writes: gzipped, null, too many bad records, and who may send one at all."""

import gzip
import json

from sqlalchemy import text

RECORD = {
    "kind": "result", "namespace": "ci", "project": "autoland", "build_system": "taskcluster",
    "name": "test-linux64/opt-high", "revision": "c" * 40, "pushed_at": "2026-03-01T11:00:00Z",
    "result": "testfailed", "job_id": "1",
}
LINE = json.dumps(RECORD).encode()
NDJSON, JSON = {"content_type": "application/x-ndjson"}, {"content_type": "application/json"}
GZIPPED = {"headers": {"Content-Encoding": "gzip"}}


def test_more_than_a_thousand_bad_records_are_refused_whole(api, autoland):
    """16 MB of one-character lines took a web process a minute and 2 GB."""
    for body, kind in ((LINE + b"\n1" * 100_000, NDJSON),
                       (b"[" + LINE + b",1" * 100_000 + b"]", JSON)):
        answer = api.post("/results", data=body, **kind)
        assert answer.status_code == 400
        assert "more than 1000 lines" in answer.json["detail"]
        assert "line 2: " in answer.json["detail"]
    assert api.get("/projects/autoland/job?name=test-linux64/opt-high").json["last_run"] is None


def test_an_array_of_results_is_json_to_its_end(api, autoland):
    for body in (b"[]", b" [ ] ", b"\xef\xbb\xbf[]\n", b"[" + LINE + b" , 1\n]"):
        answer = api.post("/results", data=body, **JSON)
        assert answer.status_code == 200, body
    assert (answer.json["accepted"], [bad["line"] for bad in answer.json["rejected"]]) == (1, [2])
    for body in (b"", b"null", b"[1", b"[1 2]", b"[1,]", b"[1] x", b"[\xff]", b"[,1]", b'{"a": 1}'):
        assert api.post("/results", data=body, **JSON).status_code == 400, body


def test_a_gzipped_body_is_unpacked(api, autoland):
    """It was one bad line."""
    answer = api.post("/results", data=gzip.compress(LINE), **NDJSON, **GZIPPED)
    assert answer.json == {"accepted": 1, "rejected": []}
    change = gzip.compress(b'{"is_killed": true, "why": "gzipped"}')
    answer = api.call("PATCH", "/projects/autoland", data=change, **JSON, **GZIPPED)
    assert answer.json["is_killed"] is True


def test_a_body_that_cannot_be_unpacked_is_refused(api, autoland):
    api.restart(max_body=1000)
    small = gzip.compress(LINE)
    for body, encoding, status, hint in (
        (gzip.compress(b"0" * 2_000), "gzip", 413, "more than 1000 bytes"),
        (b"0" * 2_000, "gzip", 413, ""),
        (small[:-4], "gzip", 400, "cannot unpack"),
        (LINE, "gzip", 400, "cannot unpack"),
        (LINE, "br", 415, "'br'"),
        (small, "identity", 415, "Content-Encoding: gzip"),
    ):
        answer = api.post("/results", data=body, **NDJSON,
                          headers={"Content-Encoding": encoding})
        assert answer.status_code == status and hint in answer.json["detail"], answer.json


def test_a_body_that_breaks_off_is_refused_whole(api, autoland):
    """gunicorn hands over what came before the connection broke; half of it was once stored."""
    body = LINE + LINE[:30]
    cut = {"CONTENT_LENGTH": str(len(body) + 100), "wsgi.input_terminated": True}  # gunicorn's
    answer = api.post("/results", data=body, environ_overrides=cut, **NDJSON)
    assert answer.status_code == 400
    assert f"breaks off after {len(body)} of {len(body) + 100} bytes" in answer.json["detail"]
    with api.sessions() as session:
        assert session.scalar(text("SELECT count(*) FROM job_results")) == 0


def test_a_body_is_an_object_and_null_is_none(api, autoland):
    """`null` was taken for a body without fields."""
    for method, path in (
        ("POST", "/scopes/trunk/analyze"), ("PATCH", "/projects/autoland"),
        ("POST", "/scopes/trunk/release"), ("POST", "/projects/autoland/due"),
        ("POST", "/overrides"), ("PUT", "/projects/autoland/pushes/1/schedule"),
    ):
        for body in (b"null", b" null\n", b"[]", b"1", b'"x"', b"false"):
            answer = api.call(method, path, data=body, **JSON)
            assert answer.status_code == 400, (method, path, body)


def test_who_may_not_write_learns_that_before_what_is_wrong_with_the_body(api, autoland):
    for method, path in (
        ("PUT", "/projects/autoland/pushes/1/schedule"), ("PATCH", "/projects/autoland"),
        ("POST", "/results"), ("POST", "/scopes/trunk/analyze"),
        ("DELETE", "/projects/autoland?why="),
    ):
        for body in (b"{", b"null", b'{"odd": 1}'):
            for more in ({}, GZIPPED, {"headers": {"Authorization": "Bearer wrong"}}):
                answer = api.call(method, path, token=False, data=body, **JSON, **more)
                assert answer.status_code == 401, (method, path, body, more)
