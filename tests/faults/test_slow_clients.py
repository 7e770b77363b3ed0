"""Clients that connect and say little or nothing, against a real `seta serve`."""

import socket
import time
from contextlib import ExitStack, contextmanager
from urllib.parse import urlsplit

import pytest
import requests
from fault_world import fault, serving

HALF = b"GET /__lbheartbeat__ HTTP/1.1\r\nHost: x\r\nX-Slow:"
WHOLE = b"GET /__lbheartbeat__ HTTP/1.1\r\nHost: x\r\n\r\n"
WITHOUT_ITS_BODY = b"GET /__lbheartbeat__ HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n"
LAST = b"GET /__lbheartbeat__ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
SOON = 3.0    # seconds; gunicorn alone answers after minutes, or never


@pytest.fixture(scope="module")
def site(make_database, template):
    with serving(make_database(template), open_files=500, WEB_CONCURRENCY="1") as service:
        yield service.address


@contextmanager
def connected(site, *sent, count=1):
    """Open connections, send these pieces on each, and leave them open."""
    parts = urlsplit(site)
    with ExitStack() as stack:
        made = [stack.enter_context(socket.create_connection((parts.hostname, parts.port), 30))
                for _ in range(count)]
        for each in made:
            for piece in sent:
                each.sendall(piece)
        yield made


def ask_ten_times(site):
    """Return how long ten good answers took."""
    began = time.monotonic()
    answers = [requests.get(site + "/__lbheartbeat__", timeout=30).status_code for _ in range(10)]
    assert answers == [200] * 10
    return time.monotonic() - began


def read_to_end(its_socket):
    return b"".join(iter(lambda: its_socket.recv(4096), b""))


@fault("clients connect and send nothing, or half of a request",
       expected="everybody else is answered at once")
@pytest.mark.parametrize("sent, count", [
    pytest.param((), 1200, id="more idle ones than it may hold"),
    pytest.param((HALF,), 12, id="half-sent headers"),
    pytest.param((WHOLE, HALF), 12, id="half-sent headers of a second request"),
    pytest.param((WHOLE + HALF,), 12, id="one and a half requests at once"),
    pytest.param((WITHOUT_ITS_BODY,), 12, id="a body that does not come"),
    pytest.param((LAST,), 12, id="a finished connection that stays open"),
])
def test_clients_that_say_little_do_not_keep_others_waiting(
    site, sent, count, request, lateness, seen
):
    with connected(site, *sent, count=count):
        seconds = ask_ten_times(site)
    assert seconds < SOON + 10 * lateness.allows(0)
    seen(f"{request.node.callspec.id} ({count}): 10 answers in {seconds:.2f} s.")


def test_a_half_sent_request_is_cut_off(site):
    with connected(site, HALF, count=3) as clients:
        for client in clients:
            assert read_to_end(client) == b""


@pytest.mark.parametrize("sent, status", [
    pytest.param(b"nonsense\r\n\r\n", 400, id="no request line"),
    pytest.param(b"GET / HTTP/9.9\r\n\r\n", 400, id="an unknown version"),
    pytest.param(b"GET / HTTP/1.1\r\nNo colon\r\n\r\n", 400, id="a header without a colon"),
    pytest.param(b"GET /" + b"x" * 9_000 + b" HTTP/1.1\r\n\r\n", 414, id="a long address"),
    pytest.param(b"GET / HTTP/1.1\r\nX: " + b"x" * 9_000 + b"\r\n\r\n", 431, id="a long header"),
    pytest.param(b"GET / HTTP/1.1\r\nX:" + b"x" * 70_000, 431, id="headers without an end"),
    pytest.param(b"GET / HTTP/1.1\r\nTransfer-Encoding: odd\r\n\r\n", 501, id="an odd encoding"),
])
def test_a_malformed_request_is_refused_with_the_headers_of_every_answer(site, sent, status):
    with connected(site) as (client,):
        try:
            client.sendall(sent)
        except OSError:
            pass  # it is refused while we send
        head = client.recv(4096).partition(b"\r\n\r\n")[0].decode().split("\r\n")
    assert head[0].startswith(f"HTTP/1.1 {status} ")
    assert "X-Content-Type-Options: nosniff" in head
    assert "Content-Security-Policy: frame-ancestors 'none'" in head


def test_a_request_may_come_in_pieces_and_the_next_one_with_it(site):
    with connected(site, HALF, b" 1\r\n\r\n" + WHOLE + HALF, b" 2\r\nConnection: close\r\n\r\n"
                   ) as (client,):
        assert read_to_end(client).count(b"HTTP/1.1 200 OK") == 3


def test_a_connection_is_kept_for_the_next_request(site):
    with requests.Session() as session:
        for _ in range(3):
            answer = session.get(site + "/__lbheartbeat__", timeout=30)
            assert answer.headers["Connection"] == "keep-alive"
        answer = session.post(site + "/api/v1/results", data=b"x" * 3_000_000, timeout=30)
        assert answer.status_code == 401
