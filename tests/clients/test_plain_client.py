"""The plain client's questions and answers, when all is well."""

from datetime import UTC, datetime, timedelta

import pytest

from seta.clients import http

PUSHED_AT = datetime(2020, 2, 1, 12, tzinfo=UTC)
KEPT, SKIPPED, UNNAMED = "test-linux64/opt-a", "test-linux64/opt-b", "test-linux64/opt-c"


@pytest.fixture
def ask():
    def schedule(url, **changed):
        arguments = {"project": "autoland", "push_id": "12", "revision": "ab" * 20,
                     "pushed_at": PUSHED_AT, "url": url, "deadline": 60, **changed}
        return http.schedule(**arguments)

    return schedule


def test_a_push_is_put_to_the_ledger_with_its_revision_and_time(serve, selective, ask):
    server = serve(serve.answer(201, selective([KEPT], [SKIPPED])))
    ask(server.url + "/", token="secret")

    (request,) = server.requests
    assert (request.method, request.path) == (
        "PUT", "/api/v1/projects/autoland/pushes/12/schedule")
    assert request.json == {"revision": "ab" * 20, "pushed_at": "2020-02-01T12:00:00+00:00",
                            "build_system": "taskcluster"}
    assert request.headers["authorization"] == "Bearer secret"


def test_a_name_cannot_lead_to_another_address(serve, selective, ask):
    server = serve(serve.answer(201, selective([KEPT], [SKIPPED])))
    ask(server.url, project="a/b", push_id="../1?x")
    assert server.requests[0].target == "/api/v1/projects/a%2Fb/pushes/..%2F1%3Fx/schedule"


def test_only_what_the_answer_names_is_skipped(serve, selective, ask):
    """R1: the answer says what its lists mean; a name in neither list runs."""
    answer = ask(serve(serve.answer(201, selective([KEPT], [SKIPPED]))).url)
    assert [answer.skips(name) for name in (KEPT, SKIPPED, UNNAMED)] == [False, True, False]
    assert (answer.failure, answer.snapshot, answer.reasons) == (None, 7, ("not due",))


def test_a_full_answer_skips_nothing_even_with_a_list(serve, selective, ask):
    body = selective([], [SKIPPED], kind="full", reasons=["backstop"])
    answer = ask(serve(serve.answer(200, body)).url)
    assert answer.is_full and not answer.skips(SKIPPED)
    assert (answer.failure, answer.reasons) == (None, ("backstop",))


def test_a_preview_asks_without_a_trace(serve, selective, ask):
    server = serve(serve.answer(200, selective([KEPT], [SKIPPED])))
    assert ask(server.url, preview=True).skips(SKIPPED)
    (request,) = server.requests
    assert request.method == "GET" and request.query == {
        "preview": "1", "revision": "ab" * 20, "pushed_at": "2020-02-01T12:00:00+00:00",
        "build_system": "taskcluster"}


def test_one_decision_asks_once(serve, selective, ask):
    server = serve(serve.answer(201, selective([KEPT], [SKIPPED])))
    assert ask(server.url) == ask(server.url)
    assert len(server.requests) == 1


def test_a_failure_is_kept_too_or_every_task_would_wait_for_it(serve, ask):
    server = serve(serve.answer(404, {"detail": "no such project"}))
    assert ask(server.url).failure == ask(server.url).failure
    assert len(server.requests) == 1


def test_the_address_and_the_token_may_come_from_the_environment(
        serve, selective, ask, monkeypatch):
    server = serve(serve.answer(201, selective([KEPT], [SKIPPED])))
    monkeypatch.setenv("SETA_URL", server.url)
    monkeypatch.setenv("SETA_TOKEN", "from-outside")
    assert ask(None).skips(SKIPPED)
    assert server.requests[0].headers["authorization"] == "Bearer from-outside"


def test_a_netrc_has_no_say_in_the_token(serve, selective, ask, monkeypatch, tmp_path):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    server = serve(serve.answer(201, selective([KEPT], [SKIPPED])))
    ask(server.url)
    assert "authorization" not in server.requests[0].headers


@pytest.mark.parametrize("failures", [
    pytest.param([503], id="once overloaded"),
    pytest.param([500, 502], id="twice broken"),
    pytest.param([429], id="told to slow down"),
])
def test_what_a_second_try_may_cure_is_tried_again(serve, selective, ask, failures):
    left = list(failures)

    def answer(request):
        if left:
            return serve.answer(left.pop(), {"detail": "later"})
        return serve.answer(201, selective([KEPT], [SKIPPED]))

    server = serve(answer)
    assert ask(server.url).skips(SKIPPED)
    assert len(server.requests) == len(failures) + 1


def test_reasons_cannot_forge_a_line_or_obey_a_terminal(serve, selective, ask):
    reasons = ["late\n12:00 ERROR x", "\x1b[31mred\u202e", "y" * 9_000, *["more"] * 100]
    answer = ask(serve(serve.answer(200, selective(
        [KEPT], [SKIPPED], reasons=reasons, snapshot="7\n"))).url)
    assert answer.reasons[:2] == ("late 12:00 ERROR x", "[31mred") and answer.snapshot == "7"
    assert len(answer.reasons) == 11 and answer.reasons[-1] == "and 93 more"
    assert max(map(len, answer.reasons)) < 310


@pytest.mark.parametrize("run, jobs, is_obeyed", [
    pytest.param(["nobody"], [SKIPPED], False, id="nothing here would run"),
    pytest.param([KEPT], [KEPT, SKIPPED], True, id="one runs"),
    pytest.param(["nobody"], [UNNAMED, SKIPPED], True, id="one that SETA does not know runs"),
    pytest.param(["nobody"], [], True, id="the jobs are not given"),
])
def test_an_answer_by_which_nothing_would_run_is_not_trusted(
        serve, selective, ask, run, jobs, is_obeyed):
    answer = ask(serve(serve.answer(201, selective(run, [SKIPPED]))).url, jobs=jobs)
    assert answer.skips(SKIPPED) == is_obeyed
    assert is_obeyed or "none of the jobs here (1, such as" in answer.failure


def test_an_old_list_of_every_job_is_not_trusted(serve):
    server = serve(serve.answer(200, {"jobtypes": {"2020-02-01": [SKIPPED, KEPT]}}))
    lists = [http.low_value("autoland", "buildbot", url=server.url, jobs=jobs)
             for jobs in ([KEPT, SKIPPED], [KEPT, SKIPPED, UNNAMED])]
    assert lists == [frozenset(), {SKIPPED, KEPT}]


@pytest.mark.parametrize("changed, reason", [
    pytest.param({"push_id": ""}, "has no id", id="no push id"),
    pytest.param({"push_id": -1}, "has no id", id="cron"),
    pytest.param({"push_id": None}, "has no id", id="None"),
    pytest.param({"pushed_at": 0}, "has no time", id="no time"),
    pytest.param({"pushed_at": None}, "has no time", id="time is None"),
    pytest.param({"pushed_at": PUSHED_AT.replace(tzinfo=None)}, "no time zone", id="naive"),
    pytest.param({"pushed_at": "yesterday"}, "TypeError", id="a text for a time"),
    pytest.param({"url": None}, "SETA_URL", id="no address"),
])
def test_without_an_id_or_a_time_everything_runs_and_nobody_is_asked(
        serve, selective, ask, changed, reason):
    """R14, R15: such pushes do not count, and nothing is skipped on them."""
    server = serve(serve.answer(201, selective([KEPT], [SKIPPED])))
    answer = ask(**{"url": server.url, **changed})
    assert answer.is_full and reason in answer.failure
    assert server.requests == []


def test_a_snapshot_that_is_still_good_is_obeyed(serve, selective, ask):
    body = selective([KEPT], [SKIPPED],
                     fresh_until=(datetime.now(UTC) + timedelta(hours=1)).isoformat())
    assert ask(serve(serve.answer(201, body)).url).skips(SKIPPED)


def test_the_low_value_list_is_asked_by_the_old_protocol(serve):
    server = serve(serve.answer(200, {"jobtypes": {"2020-02-01": [SKIPPED, KEPT]}}))
    assert http.low_value("autoland", "buildbot", url=server.url) == {SKIPPED, KEPT}
    (request,) = server.requests
    assert request.path == "/api/project/autoland/seta/job-priorities/"
    assert request.query == {"build_system_type": "buildbot", "priority": "5"}
