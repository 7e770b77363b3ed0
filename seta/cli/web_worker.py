"""gunicorn's threaded worker, so changed that slow and idle clients take no thread.

gunicorn gives a thread to every new connection for five seconds, and to a client that has sent
half a request for as long as it likes; its main loop waits two seconds for a client that does not
close a finished connection. Here the main loop collects what clients send until the head of a
request is whole, and closes connections without waiting. A thread gets whole heads only, and sends
the head of an answer together with its body.
"""

import errno
import socket
from collections import deque
from concurrent.futures import Future
from functools import partial
from selectors import EVENT_READ
from time import monotonic
from typing import Any

from gunicorn.workers.gthread import TConn, ThreadWorker

HEAD_END = b"\r\n\r\n"
MAX_HEAD = 1 << 16      # bytes
PIECE = 1 << 16         # bytes that are read at once
LINGER = 2.0            # seconds for a client to close its side of a finished connection
DRAIN = 0.1             # seconds for the rest of a body that nobody read
SOCKET_LIMIT = 20.0     # seconds for a client to send or take the next piece of a body
TOO_LARGE = (b"HTTP/1.1 431 Request Header Fields Too Large\r\n"
             b"Connection: close\r\nContent-Length: 0\r\n\r\n")
LINE_END = b"\r\n"
NOT_NOW = (errno.EAGAIN, errno.EWOULDBLOCK, errno.ECONNABORTED, errno.EINTR)
NO_FILES = (errno.EMFILE, errno.ENFILE)


class ClientSocket(socket.socket):
    """Holds back the head of an answer, to send it with the beginning of the body."""

    is_holding = False        # what is sent next is a head
    _head: bytes | None = None

    def sendall(self, data: Any, flags: int = 0) -> None:
        if self.is_holding:
            self.is_holding, self._head = False, bytes(data)
            return
        head, self._head = self._head, None
        if head is None:
            super().sendall(data, flags)
            return
        sent = self.sendmsg([head, data])
        if sent < len(head):
            super().sendall(head[sent:])
            super().sendall(data)
        elif sent < len(head) + len(data):
            super().sendall(memoryview(data)[sent - len(head):])

    def sendfile(self, file: Any, offset: int = 0, count: int | None = None) -> int:
        self.release()
        return super().sendfile(file, offset, count)

    def forget(self) -> None:
        """Hold nothing: the answer came to nothing."""
        self.is_holding, self._head = False, None

    def release(self) -> None:
        """Send a head that is still held, since no body came, and hold no more."""
        self.is_holding = False
        head, self._head = self._head, None
        if head is not None:
            super().sendall(head)


class Client(TConn):
    """A connection, and what its client has sent of the next request."""

    received = b""
    is_dropped = False   # closed for a new one, perhaps while the poller had news of it


class ErrorPageSocket:
    """A client's socket on which gunicorn's own page gets the headers of every answer."""

    def __init__(self, its_socket: socket.socket):
        self._socket = its_socket

    def __getattr__(self, name: str) -> Any:
        return getattr(self._socket, name)

    def sendall(self, page: bytes) -> None:
        # Imported here: the master, which loads this file too, needs nothing of the application.
        from ..api.protection import FRAMING, SNIFFING
        status, _, rest = page.partition(LINE_END)
        headers = [f"{name}: {value}".encode() for name, value in (SNIFFING, FRAMING)]
        self._socket.sendall(LINE_END.join([status, *headers, rest]))


class WebWorker(ThreadWorker):
    """Waits for whole heads in the main loop, `keepalive` seconds for each.

    When there are as many connections as there may be, the one that has been idle longest is
    closed for a new one.
    """

    def __init__(self, *args: Any, **options: Any):
        super().__init__(*args, **options)
        self._closing: deque[Client] = deque()   # answered; the client has yet to close

    def accept(self, listener: socket.socket) -> None:
        try:
            its_socket, address = listener.accept()
        except OSError as error:
            if error.errno in NO_FILES:
                self._drop_idlest()
            elif error.errno not in NOT_NOW:
                raise
            return
        its_socket = ClientSocket(its_socket.family, its_socket.type, its_socket.proto,
                                  its_socket.detach())
        self.nr_conns += 1
        if self.nr_conns >= self.worker_connections:
            self._drop_idlest()
        self._await_head(Client(self.cfg, its_socket, address, listener.getsockname()))

    def on_client_socket_readable(self, conn: Client, client: socket.socket) -> None:
        """Begin to collect the next request of a connection that was kept alive."""
        if conn.is_dropped:
            return
        self.poller.unregister(client)
        self.keepalived_conns.remove(conn)
        self._await_head(conn)

    def _await_head(self, conn: Client, received: bytes = b"") -> None:
        conn.sock.setblocking(False)
        conn.received = received
        conn.timeout = monotonic() + self.cfg.keepalive
        self.pending_conns.append(conn)
        self.poller.register(
            conn.sock, EVENT_READ, partial(self.on_pending_socket_readable, conn))
        if received:
            self._take(conn)

    def on_pending_socket_readable(self, conn: Client, client: socket.socket) -> None:
        """Collect what a client has sent, and give it to a thread when its head is whole."""
        piece = None if conn.is_dropped else _receive(conn.sock)
        if piece is None:
            return
        if not piece:
            self._forget(self.pending_conns, conn)
            return
        conn.received += piece
        self._take(conn)

    def _take(self, conn: Client) -> None:
        is_whole = HEAD_END in conn.received
        if not is_whole and len(conn.received) < MAX_HEAD:
            return
        self.poller.unregister(conn.sock)
        self.pending_conns.remove(conn)
        if not is_whole:
            _refuse(conn.sock)
            self._close(conn)
            return
        conn.data_ready = True
        conn.init()
        conn.parser.unreader.unread(conn.received)
        conn.received = b""
        self.enqueue_req(conn)

    def handle_request(self, req: Any, conn: Client) -> bool:
        conn.sock.settimeout(SOCKET_LIMIT)
        conn.sock.is_holding = True
        try:
            is_kept = bool(super().handle_request(req, conn))
        except BaseException:
            conn.sock.forget()
            raise
        conn.sock.release()
        return is_kept

    def handle_error(self, req: Any, client: socket.socket, addr: Any, exc: Any) -> None:
        super().handle_error(req, ErrorPageSocket(client), addr, exc)

    def _keepalive_after(self, conn: Client, keepalive: bool) -> bool:
        """Return whether the connection may be used again: not where a body is still to come."""
        return keepalive and bool(conn.parser.finish_body(deadline=monotonic() + DRAIN))

    def finish_request(self, conn: Client, fs: "Future[bool]") -> None:
        is_kept = not fs.cancelled() and fs.exception() is None and fs.result()
        if not is_kept:
            self._close(conn)
            return
        received = conn.parser.unreader.take_buffered()
        if received:  # the next request came with this one
            self._await_head(conn, received)
        else:
            super().finish_request(conn, fs)

    def _close(self, conn: Client) -> None:
        """Close a connection when its client does, or after LINGER: an answer may be on its way."""
        try:
            conn.sock.setblocking(False)
            conn.sock.shutdown(socket.SHUT_WR)
        except OSError:  # it is gone already
            self.nr_conns -= 1
            conn.close()
            return
        conn.timeout = monotonic() + LINGER
        self._closing.append(conn)
        self.poller.register(conn.sock, EVENT_READ, partial(self._drain, conn))

    def _drain(self, conn: Client, client: socket.socket) -> None:
        if not conn.is_dropped and _receive(conn.sock) == b"":
            self._forget(self._closing, conn)

    def murder_pending(self) -> None:
        """Close the connections whose time is up."""
        super().murder_pending()
        now = monotonic()
        while self._closing and self._closing[0].timeout <= now:
            self._forget(self._closing, self._closing[0])

    def _drop_idlest(self) -> None:
        for idle in (self._closing, self.keepalived_conns, self.pending_conns):
            if idle:
                self._forget(idle, idle[0])
                return

    def _forget(self, where: "deque[Client]", conn: Client) -> None:
        conn.is_dropped = True
        where.remove(conn)
        self.poller.unregister(conn.sock)
        self.nr_conns -= 1
        conn.close()


def _receive(its_socket: socket.socket) -> bytes | None:
    """Return what has come; nothing if the client has closed, None if it has sent nothing yet."""
    try:
        return its_socket.recv(PIECE)
    except (BlockingIOError, InterruptedError):
        return None
    except OSError:
        return b""


def _refuse(its_socket: socket.socket) -> None:
    try:
        ErrorPageSocket(its_socket).sendall(TOO_LARGE)
    except OSError:
        pass  # the client does not wait for it
