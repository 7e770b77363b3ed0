"""The strategies in a real taskgraph, on the project of the how-to."""

import json
import re
from pathlib import Path

import pytest
from clients.taskgraph_sample import ADDRESS, BLOCKS, Sample

BUILD = "build-linux64/opt"
KEPT = ["test-linux64/opt-mochitest-1", "test-linux64/opt-reftest"]
SKIPPED = ["test-linux64/opt-mochitest-2", "test-linux64/opt-xpcshell"]
ALL = sorted([BUILD, *KEPT, *SKIPPED])
PUSHES = re.compile(r"/api/v1/projects/sample/pushes/(\w+)/schedule")


@pytest.fixture(scope="session")
def fresh_sample(once, tmp_path_factory):
    """Return the folder of a sample project that was just made."""
    return Path(once("taskgraph-sample", lambda: str(
        Sample(tmp_path_factory.mktemp("taskgraph"), ADDRESS).make().folder)))


@pytest.fixture
def sample(tmp_path, fresh_sample):
    """Return a maker of the sample project, which asks the SETA at the address given."""
    return lambda url: Sample(tmp_path, url).copy_from(fresh_sample)


@pytest.fixture
def seta(serve, selective):
    """Return a SETA that knows the sample project; every fifth push it runs everything."""
    pushes = []

    def answer(request):
        push_id = PUSHES.fullmatch(request.path).group(1)
        if push_id not in pushes:
            pushes.append(push_id)
        if (pushes.index(push_id) + 1) % 5 == 0:
            return serve.answer(201, selective([], [], kind="full", reasons=["backstop"]))
        return serve.answer(201, selective([BUILD, *KEPT], SKIPPED))

    return serve(answer)


def test_low_value_tasks_are_removed_and_the_log_says_why(sample, seta):
    labels, log = sample(seta.url).optimized()
    assert labels == sorted([BUILD, *KEPT])
    for label in SKIPPED:
        assert f"seta removes {label}: low value, and not due on this push" in log


def test_one_decision_asks_once_and_a_local_run_only_looks(sample, seta):
    sample(seta.url).optimized()
    (request,) = seta.requests
    assert request.method == "GET" and request.query["preview"] == "1"


def test_a_decision_task_enters_the_push_in_the_ledger(sample, seta):
    """The push id is the push log's number, the time is the push's (R10, R15)."""
    sample(seta.url).optimized('pushlog_id: "12"', TASK_ID="abc", SETA_TOKEN="secret")
    (request,) = seta.requests
    assert (request.method, request.path) == (
        "PUT", "/api/v1/projects/sample/pushes/12/schedule")
    assert request.json == {
        "revision": "9fa614d8310d0f8b6c4f3e5d9e8a5c3b2a1f0e9d",
        "pushed_at": "2020-02-01T00:00:00+00:00", "build_system": "taskcluster"}
    assert request.headers["authorization"] == "Bearer secret"


def test_the_artifact_says_why_each_task_was_removed(sample, seta):
    project = sample(seta.url)
    project.optimized(TASK_ID="abc")
    artifact = json.loads((project.folder / "sample/artifacts/seta.json").read_text())
    assert artifact["kind"] == "selective" and artifact["snapshot"] == 7
    assert artifact["removed"] == {label: {
        "strategy": "seta", "reason": "low value, and not due on this push"} for label in SKIPPED}


def test_the_fifth_push_runs_everything(sample, seta):
    project = sample(seta.url)
    counts = [len(project.optimized(f'pushlog_id: "{number}"', TASK_ID="abc")[0])
              for number in range(11, 17)]
    assert counts == [3, 3, 3, 3, 5, 3]


@pytest.mark.parametrize("params, push_id, pushed_at", [
    pytest.param('pushlog_id: "0"', "9fa614d8310d0f8b6c4f3e5d9e8a5c3b2a1f0e9d", "2020-02-01",
                 id="git: no number"),
    pytest.param('pushlog_id: ""', "9fa614d8310d0f8b6c4f3e5d9e8a5c3b2a1f0e9d", "2020-02-01",
                 id="empty number"),
    pytest.param('pushlog_id: "7"\nhead_ref: main', "7", "2020-02-01", id="short branch name"),
    pytest.param("pushdate: 0\nlevel: \"3\"\nbuild_date: 1583020800",
                 "9fa614d8310d0f8b6c4f3e5d9e8a5c3b2a1f0e9d", "2020-03-01", id="no push date"),
])
def test_the_push_is_known_by_its_number_or_its_revision(
        sample, seta, params, push_id, pushed_at):
    project = sample(seta.url)
    project.set("params.yml", "project: sample\n", "project: sample\nbuild_date: 1\n")
    labels, _ = project.optimized(params, TASK_ID="abc")
    (request,) = seta.requests
    assert PUSHES.fullmatch(request.path).group(1) == push_id
    assert request.json["pushed_at"] == f"{pushed_at}T00:00:00+00:00"
    assert labels == sorted([BUILD, *KEPT])


@pytest.mark.parametrize("params, reason", [
    pytest.param('pushlog_id: "-1"', "not a push", id="cron by its number"),
    pytest.param("tasks_for: cron", "'cron'", id="cron"),
    pytest.param("tasks_for: action", "'action'", id="action"),
    pytest.param("tasks_for: github-pull-request", "pull-request", id="pull request"),
    pytest.param("head_ref: refs/heads/wip", "'wip'", id="another branch"),
    pytest.param('pushlog_id: "1.5"', "1.5", id="a number that is none"),
])
def test_what_is_no_push_runs_everything_and_leaves_no_trace(sample, seta, params, reason):
    """R14: they do not count, and nothing is skipped on them."""
    labels, log = sample(seta.url).optimized(params, TASK_ID="abc")
    assert labels == ALL and seta.requests == []
    assert reason in log and "everything runs" in log


def test_a_service_that_is_down_runs_everything(sample, free_port):
    """R20: the log has one warning line with the reason."""
    labels, log = sample(f"http://127.0.0.1:{free_port}").optimized(TASK_ID="abc")
    assert labels == ALL
    assert len(re.findall("WARNING - everything runs on .*refused", log)) == 1


@pytest.mark.parametrize("answer", [
    pytest.param({"status": 500}, id="broken"),
    pytest.param({"status": 302, "headers": {"Location": "/"}}, id="redirects for ever"),
    pytest.param({"body": b"<html>"}, id="not JSON"),
    pytest.param({"body": ["run"]}, id="a list, which failed decision tasks of old"),
    pytest.param({"body": {"action": "run", "kind": "selective", "run": [], "skip": ALL,
                           "snapshot": 1}}, id="runs nothing"),
    pytest.param({"body": {"action": "run", "kind": "full", "run": [], "skip": ALL}},
                 id="full, with a list to skip"),
    pytest.param({"raw": b"HTTP/1.1 200 OK\r\n\r\n{}          ", "pause": 0.2}, id="trickles"),
])
def test_a_hostile_service_runs_everything(sample, serve, answer):
    project = sample(serve(serve.answer(**answer)).url)
    project.set("taskcluster/config.yml", "branches: [main]", "deadline: 1")
    labels, _ = project.optimized(TASK_ID="abc")
    assert labels == ALL


def test_settings_in_the_configuration_are_followed(sample, serve):
    """The address counts where SETA_URL does not give one, and the deadline is obeyed."""
    server = serve(serve.answer(raw=b"HTTP/1.1 200 OK\r\n\r\n{}" + b" " * 90, pause=0.1))
    project = sample(server.url)
    project.set("taskcluster/config.yml", "branches: [main]", "deadline: 1")
    labels, log = project.optimized(SETA_URL="")
    assert labels == ALL and "no whole answer within 1 s" in log


def test_mistakes_in_the_configuration_are_told_and_ignored(sample, seta):
    """R21: a wrong setting may cost a saving, but never a decision task."""
    project = sample(seta.url)
    project.set("taskcluster/config.yml", "branches: [main]",
                "branches: main\n    deadline: soon\n    project: [1]")
    labels, log = project.optimized()
    assert labels == sorted([BUILD, *KEPT])
    assert [f"seta.{key} is" in log for key in ("branches", "deadline", "project")] == [True] * 3


def test_a_build_stays_when_every_test_of_it_goes(sample, serve, selective):
    server = serve(serve.answer(201, selective(["build-docs/opt"], ALL)))
    project = sample(server.url)
    project.set("taskcluster/kinds/build/kind.yml", "task:transforms\n",
                "task:transforms\n    - seta.clients.taskgraph.transforms:transforms\n")
    project.set("taskcluster/kinds/build/kind.yml", "tasks:\n", """tasks:
    docs/opt:
        {description: Docs, worker-type: linux,
         worker: {docker-image: "debian:12", max-run-time: 600, command: [make]}}
""")
    assert project.optimized()[0] == ["build-docs/opt", BUILD]


@pytest.mark.parametrize("strategy", [
    pytest.param(None, id="seta"),
    pytest.param("{unless-changed-and-seta: ['b.txt']}", id="a combination with seta"),
])
def test_an_answer_that_would_remove_every_task_removes_none(sample, serve, selective, strategy):
    """R7: a strategy cannot take back what it said about the first of them."""
    project = sample(serve(serve.answer(201, selective(["nobody"], ALL))).url)
    if strategy:
        use_combination(project, strategy)
    labels, log = project.optimized()
    assert labels == ALL
    assert re.search(r"WARNING - everything runs on .*none of the jobs here \(4, such as", log)


def test_builds_needed_tasks_and_strange_labels_stay(sample, serve, selective):
    """Whatever SETA says: a build stays, and so does what a task that runs depends on."""
    server = serve(serve.answer(201, selective(
        [KEPT[0]], [BUILD, KEPT[1], *SKIPPED, "test-of-another-project"])))
    project = sample(server.url)
    project.set("taskcluster/kinds/test/kind.yml", "linux64/opt-reftest: {}",
                "linux64/opt-reftest: {}\n    linux64/opt-new: {}")
    project.set("taskcluster/kinds/test/kind.yml", "linux64/opt-mochitest-1: {}",
                "linux64/opt-mochitest-1:\n        dependencies:\n            "
                "build: build-linux64/opt\n            first: test-linux64/opt-reftest")
    project.set("taskcluster/kinds/build/kind.yml", "task:transforms\n",
                "task:transforms\n    - seta.clients.taskgraph.transforms:transforms\n")
    labels, _ = project.optimized()
    assert labels == [BUILD, KEPT[0], "test-linux64/opt-new", KEPT[1]]


@pytest.mark.parametrize("changes, left", [
    pytest.param({}, [BUILD], id="selective"),
    pytest.param({"kind": "full"}, ALL, id="full"),
    pytest.param({"kind": "odd"}, ALL, id="no answer"),
    pytest.param({"run": [KEPT[0]]}, [BUILD, KEPT[1]], id="unknown to SETA"),
])
def test_backstop_tasks_run_when_everything_runs(sample, serve, selective, changes, left):
    body = {**selective([BUILD, *KEPT], SKIPPED), **changes}
    project = sample(serve(serve.answer(201, body)).url)
    project.set("taskcluster/kinds/test/kind.yml", "transforms:transforms  # SETA",
                "transforms:backstop")
    assert project.optimized()[0] == left


def use_combination(project, optimization):
    """Give every test a strategy of the project's own, which the how-to shows."""
    project.set("taskcluster/config.yml", "seta.clients.taskgraph:register", "own:register")
    project.write("# taskcluster/own.py\nfrom seta.clients import taskgraph\n" + next(
        text for language, text in BLOCKS if "import All" in text))
    project.set("taskcluster/kinds/test/kind.yml", "    - seta.clients", "    # - seta.clients")
    path = project.folder / "sample/taskcluster/kinds/test/kind.yml"
    path.write_text(path.read_text().replace(": {}", f": {{optimization: {optimization}}}"))
    project.set("params.yml", "level:", "files_changed: [a.txt]\nlevel:")


def test_the_two_compose_with_a_projects_own_strategies(sample, seta):
    project = sample(seta.url)
    project.set("taskcluster/config.yml", "seta.clients.taskgraph:register", "own:register")
    project.write("# taskcluster/own.py\nfrom seta.clients import taskgraph\n" + next(
        text for language, text in BLOCKS if "import All" in text))
    project.set("taskcluster/kinds/test/kind.yml", "linux64/opt-xpcshell: {}",
                "linux64/opt-xpcshell:\n        optimization: "
                "{unless-changed-and-seta: ['**']}")
    project.set("params.yml", "level:", "files_changed: [a.txt]\nlevel:")
    assert project.optimized()[0] == sorted([BUILD, *KEPT, SKIPPED[1]])


class TestOlderServer:
    @pytest.fixture
    def older(self, serve):
        def answer(request):
            if request.path == "/api/project/sample/seta/job-priorities/":
                return serve.answer(200, {"jobtypes": {"2020-02-01": [BUILD, *SKIPPED]}})
            return serve.answer(404, b"<h1>Not Found</h1>", {"Content-Type": "text/html"})

        return serve(answer)

    @pytest.mark.parametrize("number, count, reason", [
        pytest.param("11", 3, "an older SETA's list", id="selective"),
        pytest.param("15", 5, "every 5th push", id="every fifth push"),
        pytest.param("0", 5, "no API of today's SETA .HTTP 404.; if it is an older one, the push "
                     "has no number to count by", id="no number"),
    ])
    def test_is_asked_in_its_own_way(self, sample, older, number, count, reason):
        labels, log = sample(older.url).optimized(f'pushlog_id: "{number}"', TASK_ID="abc")
        assert len(labels) == count and re.search(reason, log)

    def test_a_list_of_every_task_is_not_obeyed(self, sample, serve):
        """R7."""
        def answer(request):
            if request.path.endswith("/job-priorities/"):
                return serve.answer(200, {"jobtypes": {"2020-02-01": ALL}})
            return serve.answer(404, b"")

        labels, log = sample(serve(answer).url).optimized('pushlog_id: "11"')
        assert labels == ALL and "none of the jobs here" in log

    def test_is_not_what_a_mistyped_address_is_taken_for(self, sample, serve):
        server = serve(serve.answer(404, b"<h1>Not Found</h1>", {"Content-Type": "text/html"}))
        labels, log = sample(server.url).optimized('pushlog_id: "11"')
        assert labels == ALL
        assert f"neither today's SETA nor an older one that knows sample at {server.url}" in log

    def test_is_not_what_a_server_of_today_is_taken_for(self, sample, serve):
        """A 404 as problem details is about the project: the legacy routes are not asked."""
        server = serve(serve.answer(404, {"title": "Not Found", "detail": "unknown project"},
                                    {"Content-Type": "application/problem+json"}))
        labels, log = sample(server.url).optimized('pushlog_id: "11"', TASK_ID="abc")
        assert labels == ALL and len(server.requests) == 1 and "unknown project" in log
