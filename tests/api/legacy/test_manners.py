"""HTTP: methods, caching, compression, and pages of other origins."""

import gzip
import json

import pytest

TC = "/api/project/autoland/seta/job-priorities/?build_system_type=taskcluster"
BB = "/data/setadetails/?branch=mozilla-inbound&buildbot=1&date=2026-03-01"
ROUTES = [TC, BB, "/data/setadetails/?branch=autoland", "/data/jobtypes/", "/data/jobnames/",
          "/data/seta/"]


@pytest.mark.parametrize("path", ROUTES)
def test_reads_are_open_to_pages_of_other_origins(good, path):
    """R66"""
    for response in (good.get(path, Origin="http://page.example"),
                     good.client.options(path, headers={"Origin": "http://page.example"})):
        assert response.status_code == 200
        assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert good.get("/data/nothing").headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("path", ROUTES)
def test_head_has_the_headers_of_get_and_no_body(good, path):
    head, get = good.client.head(path), good.client.get(path)
    assert head.status_code == 200 and head.data == b""
    for name in ("Content-Length", "ETag", "Content-Type"):
        assert head.headers[name] == get.headers[name]


@pytest.mark.parametrize("path", ROUTES)
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_nothing_can_be_written(good, path, method):
    for each in (path, path.replace("/?", "?").rstrip("/")):
        response = good.client.open(each, method=method)
        assert response.status_code == 405
        assert {word.strip() for word in response.headers["Allow"].split(",")} == {
            "GET", "HEAD", "OPTIONS"}
        assert response.content_type.startswith("text/plain")


@pytest.mark.parametrize("path", ROUTES)
def test_no_redirect_between_a_path_with_and_without_the_slash(good, path):
    bare = path.replace("/?", "?").rstrip("/")
    assert good.get(bare).status_code == good.get(path).status_code == 200
    assert good.get(bare).data == good.get(path).data


@pytest.mark.parametrize("path", ROUTES)
@pytest.mark.parametrize("asked, is_gzipped", [
    ("gzip", True), ("gzip, deflate, br", True), ("GZIP;q=0.5", True), ("br, gzip;q=0.1", True),
    (None, False), ("", False), ("identity", False), ("json", False), ("*", False),
    ("gzip;q=0", False), ("gzipped", False), ("deflate", False), (";;;=,,", False)])
def test_gzip_only_where_it_was_asked_for(good, path, asked, is_gzipped):
    response = good.get(path, **({} if asked is None else {"Accept_Encoding": asked}))
    assert response.status_code == 200
    assert response.headers.get("Content-Encoding") == ("gzip" if is_gzipped else None)
    plain = gzip.decompress(response.data) if is_gzipped else response.data
    assert plain == good.get(path).data
    assert "Accept-Encoding" in response.headers["Vary"]


@pytest.mark.parametrize("path", ROUTES)
def test_what_is_known_already_is_not_sent_again(good, path):
    plain, packed = good.get(path), good.get(path, Accept_Encoding="gzip")
    assert plain.headers["ETag"] != packed.headers["ETag"]
    assert not plain.headers["ETag"].startswith("W/")
    for known in (plain.headers["ETag"], f'"x", {plain.headers["ETag"]}', "*",
                  "W/" + plain.headers["ETag"]):
        again = good.get(path, If_None_Match=known)
        assert (again.status_code, again.data) == (304, b"")
        assert again.headers["ETag"] == plain.headers["ETag"]
    assert good.get(path, If_None_Match=packed.headers["ETag"]).status_code == 200
    assert good.get(path, If_None_Match='"x"').status_code == 200


def test_the_etag_is_of_the_list_and_of_the_date(good):
    """R59: whatever changes the answer changes its tag."""
    paths = [TC, TC + "&priority=1", TC + "&priority=2", TC + "&priority=3",
             TC + "&date=2016-05-19", BB, BB + "&priority=1",
             "/data/setadetails/?branch=autoland"]
    tags = [good.get(path).headers["ETag"] for path in paths]
    assert len(set(tags)) == len(paths)
    assert tags == [good.get(path).headers["ETag"] for path in paths]


def test_a_cache_in_between_keeps_the_answers_of_agents_apart(good):
    path = "/data/setadetails/?branch=autoland"
    assert "User-Agent" in good.get(path).headers["Vary"]
    assert good.get(path).data != good.get(path, User_Agent="TaskCluster").data


def test_the_answer_says_of_which_snapshot_it_is(good):
    """R8, R22: clients can see that two answers come from one snapshot."""
    low, high = good.get(TC), good.get(TC + "&priority=1")
    assert low.headers["SETA-Snapshot"] == high.headers["SETA-Snapshot"]


def test_the_answer_is_made_of_the_bytes_that_were_kept(good):
    body = good.get(TC).data
    date = b'{"jobtypes": {"2026-03-01": '
    assert body.startswith(date) and body.endswith(b"}}")
    assert json.loads(body)
