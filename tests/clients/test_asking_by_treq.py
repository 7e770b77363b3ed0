"""R20: the questions that the Buildbot scheduler asks, against every wrong answer."""

import json
import re
import subprocess
import sys

import pytest

GOOD = {"action": "run"}
LATE = r"no whole answer within 2 s"
ANSWERS = {
    "good": ({"body": GOOD}, "{'action': 'run'}"),
    "created": ({"status": 201, "body": GOOD}, "{'action': 'run'}"),
    "redirect": ({"status": 301, "headers": {"Location": "/good"}}, "HTTP 301"),
    "no-body": ({"status": 204, "body": b""}, "HTTP 204"),
    "refusal": ({"status": 404, "body": {"detail": "no such project"}}, "404.*no such project"),
    "broken": ({"status": 500}, f"HTTP 500|{LATE}"),
    "overloaded": ({"status": 503}, f"HTTP 503|{LATE}"),
    "not-json": ({"body": b"<html>"}, "not JSON"),
    "empty": ({"body": b""}, "not JSON"),
    "nested": ({"body": b"[" * 90_000}, "not JSON"),
    "truncated": ({"body": GOOD, "cut": 3}, f"ResponseFailed|PartialDownload|{LATE}"),
    "over-size": ({"body": b" " * 200_000}, "longer than 100000 bytes"),
    "late-head": ({"raw": b"x", "pause": 30}, LATE),
    "trickle": ({"raw": b"HTTP/1.1 200 OK\r\n\r\n" + b" " * 300, "pause": 0.05}, LATE),
    "hangs-up": ({"raw": b""}, f"ResponseNeverReceived|ResponseFailed|{LATE}"),
    "not-http": ({"raw": b"220 mail.example ESMTP\r\n"}, f"Response|{LATE}"),
}
ADDRESSES = {
    "refused": ("http://127.0.0.1:{port}/", f"refused|{LATE}"),
    "dns": ("http://seta.invalid/", f"DNS|lookup|resol|{LATE}"),
    "tls": ("https://127.0.0.1:{plain}/good", f"ConnectionLost|SSL|Response|{LATE}"),
    "scheme": ("gopher://127.0.0.1/", "SchemeNotSupported"),
    "no-host": ("http://", "no host|host|Error|empty"),
}
ASK = """
import json, sys
from twisted.internet import defer, task
from seta.clients.answers import NoAnswer
from seta.clients.buildbot.fetch import ask
from seta.clients.questions import Question

async def one(reactor, url):
    try:
        return str(await ask(Question("PUT", url, body="{}", token="secret"), reactor,
                             seconds=2, max_bytes=100_000))
    except NoAnswer as failure:
        return f"NoAnswer: {failure}"

async def main(reactor):
    urls = json.load(sys.stdin)
    said = [defer.ensureDeferred(one(reactor, url)) for url in urls.values()]
    print(json.dumps(dict(zip(urls, await defer.gatherResults(said)))))

task.react(main)
"""


@pytest.fixture
def ask():
    """Return what asks each address at once, in a process with a reactor of its own."""
    def run(urls):
        done = subprocess.run([sys.executable, "-c", ASK], input=json.dumps(urls), text=True,
                              capture_output=True, timeout=60)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run


def test_every_failure_is_no_answer_and_nothing_else(serve, ask, free_port):
    """Each row of the tables: the answer, or the reason why there is none."""
    server = serve(lambda request: serve.answer(**ANSWERS[request.path.strip("/")][0]))
    urls = {name: f"{server.url}/{name}" for name in ANSWERS}
    urls |= {name: address.format(port=free_port, plain=server.port)
             for name, (address, _) in ADDRESSES.items()}
    said = ask(urls)
    wrong = {name: said[name] for name, (_, expected) in (ANSWERS | ADDRESSES).items()
             if not re.search(expected, said[name])}
    assert wrong == {}
    assert {name for name in said if not said[name].startswith("NoAnswer")} == {"good", "created"}


def test_the_token_and_the_body_are_sent(serve, ask):
    server = serve(serve.answer(200, GOOD))
    ask({"good": server.url})
    (request,) = server.requests
    assert request.method == "PUT" and request.body == b"{}"
    assert request.headers["authorization"] == "Bearer secret"
    assert request.headers["content-type"] == "application/json"


def test_what_a_second_try_may_cure_is_tried_again(serve, ask):
    left = [503, 500]
    server = serve(lambda request: serve.answer(left.pop() if left else 200, GOOD))
    assert ask({"it": server.url}) == {"it": "{'action': 'run'}"}
    assert len(server.requests) == 3
