"""The socket on which answers are sent: what comes out is what went in, in few pieces."""

import socket
import threading

import pytest

from seta.cli.web_worker import ClientSocket

HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"


@pytest.fixture
def ends():
    """Our end of a connection, and the client's."""
    ours, theirs = socket.socketpair()
    with ClientSocket(ours.family, ours.type, ours.proto, ours.detach()) as ours, theirs:
        theirs.settimeout(10)
        yield ours, theirs


def all_of(theirs):
    return b"".join(iter(lambda: theirs.recv(1 << 16), b""))


def test_head_and_body_are_one_piece(ends):
    ours, theirs = ends
    ours.is_holding = True
    ours.sendall(HEAD)
    ours.sendall(b"hello")
    assert theirs.recv(1000) == HEAD + b"hello"


def test_a_head_without_a_body_is_sent_in_the_end(ends):
    ours, theirs = ends
    ours.is_holding = True
    ours.sendall(HEAD)
    theirs.setblocking(False)
    with pytest.raises(BlockingIOError):
        theirs.recv(1000)
    ours.release()
    assert theirs.recv(1000) == HEAD
    ours.sendall(b"more")     # nothing is held any more
    assert theirs.recv(1000) == b"more"


def test_what_is_forgotten_is_never_sent(ends):
    ours, theirs = ends
    ours.is_holding = True
    ours.sendall(HEAD)
    ours.forget()
    ours.sendall(b"another answer")
    assert theirs.recv(1000) == b"another answer"


@pytest.mark.parametrize("size", [0, 1, 1000, 5_000_000])
@pytest.mark.parametrize("head", [HEAD, HEAD * 20_000], ids=["a head", "a great head"])
def test_nothing_is_lost_where_the_client_takes_it_slowly(ends, head, size):
    """The system takes only part of what it is given at once, of the head too."""
    ours, theirs = ends
    ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
    ours.settimeout(10)
    body, found = bytes(size), []
    reader = threading.Thread(target=lambda: found.append(all_of(theirs)))
    reader.start()
    ours.is_holding = True
    ours.sendall(head)
    ours.sendall(body)
    ours.sendall(b"the end")
    ours.shutdown(socket.SHUT_WR)
    reader.join()
    assert found == [head + body + b"the end"]


def test_a_file_comes_after_the_head(ends, tmp_path):
    ours, theirs = ends
    path = tmp_path / "file"
    path.write_bytes(b"content")
    ours.is_holding = True
    ours.sendall(HEAD)
    with open(path, "rb") as file:
        ours.sendfile(file)
    ours.shutdown(socket.SHUT_WR)
    assert all_of(theirs) == HEAD + b"content"
