"""R20: the questions that the Buildbot scheduler asks, against every wrong answer."""

import gzip
import json
import re
import time

import pytest
from preloaded import BUILDBOT

GOOD = {"action": "run"}
BOMB = gzip.compress(b" " * 5_000_000)
LATE = r"no whole answer within 2 s"
ANSWERS = {
    "good": ({"body": GOOD}, "{'action': 'run'}"),
    "created": ({"status": 201, "body": GOOD}, "{'action': 'run'}"),
    "redirect": ({"status": 301, "headers": {"Location": "https://seta.example/x"}},
                 "HTTP 301: redirects are not followed.* points to https://seta.example/x"),
    "lost": ({"status": 302}, "HTTP 302: .* points to no address"),
    "no-body": ({"status": 204, "body": b""}, "HTTP 204"),
    "refusal": ({"status": 404, "body": {"detail": "no such project"}}, "404.*no such project"),
    "broken": ({"status": 500}, "HTTP 500"),
    "overloaded": ({"status": 503}, "HTTP 503"),
    "not-json": ({"body": b"<html>"}, "not JSON"),
    "empty": ({"body": b""}, "not JSON"),
    "nested": ({"body": b"[" * 90_000}, "not JSON"),
    "truncated": ({"body": GOOD, "cut": 3}, "ResponseFailed|PartialDownload"),
    "over-size": ({"body": b" " * 200_000}, "longer than 100000 bytes"),
    "bomb": ({"body": BOMB, "headers": {"Content-Encoding": "gzip"}},
             "encoded as 'gzip'"),
    "bomb-as-error": ({"status": 400, "body": BOMB,
                       "headers": {"Content-Encoding": "gzip"}}, "HTTP 400: Other"),
    "endless-head": ({"raw": b"HTTP/1.1 200 OK\r\n" + b"X-Y: z\r\n" * 500_000},
                     "head is longer than 65536 bytes"),
    "endless-line": ({"raw": b"HTTP/1.1 200 OK\r\nX: " + b"z" * 500_000},
                     "head is longer than 65536 bytes|Response"),
    "endless-continue": ({"raw": b"HTTP/1.1 100 Continue\r\n\r\n" * 50_000},
                         "head is longer than 65536 bytes"),
    "forged": ({"status": 400, "body": b"x\n2026 ERROR \x1b[31mforged" + b"y" * 5_000},
               r"HTTP 400: x 2026 ERROR \[31mforgedy{20,300}\.\.\.$"),
    "late-head": ({"raw": b"x", "pause": 30}, LATE),
    "late-trickle": ({"raw": b"HTTP/1.1 200 OK\r\n\r\n" + b" " * 300, "pause": 0.05}, LATE),
    "hangs-up": ({"raw": b""}, "ResponseNeverReceived|ResponseFailed"),
    "not-http": ({"raw": b"220 mail.example ESMTP\r\n"}, "Response"),
}
ADDRESSES = {
    "refused": ("http://127.0.0.1:{port}/", "refused"),
    "dns": ("http://seta.invalid/", "DNS|lookup|resol"),
    "tls": ("https://127.0.0.1:{plain}/good", "Connection|SSL|Response"),
    "scheme": ("gopher://127.0.0.1/", "SchemeNotSupported"),
    "no-host": ("http://", "no host|host|Error|empty"),
}
ASK = """
import json, sys
from twisted.internet import defer, task
from seta.clients.answers import NoAnswer
from seta.clients.buildbot.fetch import ask
from seta.clients.questions import Question

async def one(reactor, name, url):
    try:
        return str(await ask(Question("PUT", url, body="{}", token="secret"), reactor,
                             seconds=2 if name.startswith("late-") else 60,
                             max_bytes=100_000, breaker=None))
    except NoAnswer as failure:
        return f"NoAnswer: {failure}"

async def main(reactor):
    urls = json.loads(sys.argv[1])
    said = [defer.ensureDeferred(one(reactor, *each)) for each in urls.items()]
    print(json.dumps(dict(zip(urls, await defer.gatherResults(said)))))

task.react(main)
"""


@pytest.fixture
def ask():
    """Return what asks each address at once, in a process with a reactor of its own."""
    def run(urls):
        done = BUILDBOT.run(json.dumps(urls), environment={}, main="builtins:exec",
                            values=[ASK, {}])
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


def test_a_lost_connection_is_told_by_its_cause(serve, ask):
    """Twisted's errors hold a list of Failure objects, which says nothing to a person."""
    said = ask({"it": serve(serve.answer(raw=b"")).url})["it"]
    assert said == "NoAnswer: ResponseNeverReceived: Connection was closed cleanly."


def test_a_server_that_says_when_to_come_back_is_asked_then(serve, ask):
    asked = []

    def answer(request):
        asked.append(time.monotonic())
        return serve.answer(503 if len(asked) == 1 else 200, GOOD, {"Retry-After": "1"})

    assert ask({"it": serve(answer).url}) == {"it": "{'action': 'run'}"}
    assert asked[1] - asked[0] >= 1


def test_a_server_that_says_to_come_back_too_late_is_not_asked_again(serve, ask):
    server = serve(serve.answer(503, {"detail": "busy"}, {"Retry-After": "3600"}))
    assert ask({"it": server.url})["it"].startswith("NoAnswer: HTTP 503")
    assert len(server.requests) == 1


def test_the_token_and_the_body_are_sent(serve, ask):
    server = serve(serve.answer(200, GOOD))
    ask({"good": server.url})
    (request,) = server.requests
    assert request.method == "PUT" and request.body == b"{}"
    assert request.headers["authorization"] == "Bearer secret"
    assert request.headers["content-type"] == "application/json"
    assert request.headers["accept-encoding"] == "identity"


def test_what_a_second_try_may_cure_is_tried_again(serve, ask):
    left = [503, 500]
    server = serve(lambda request: serve.answer(left.pop() if left else 200, GOOD))
    assert ask({"it": server.url}) == {"it": "{'action': 'run'}"}
    assert len(server.requests) == 3
