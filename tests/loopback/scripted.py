"""A server on the loopback interface that answers what a test tells it to, byte for byte."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True)
class Reply:
    """One answer. With `length` it promises another length than it sends."""

    status: int = 200
    body: bytes = b""
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)
    length: int | None = None
    cuts_off: bool = False        # close the connection without an answer
    waits: float = 0              # seconds before the answer
    trickles: float = 0           # seconds between two bytes


@dataclass(frozen=True)
class Request:
    method: str
    path: str                     # with its query string
    headers: dict[str, str]
    body: bytes


Script = Callable[[Request], Reply]


class ScriptedServer(ThreadingHTTPServer):
    """Answers with what `script` returns for a request, and keeps the requests."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, script: Script):
        super().__init__(("127.0.0.1", 0), Handler)
        self.script = script
        self.requests: list[Request] = []
        self.over = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, request, client_address):
        """A client that went away is not worth reporting."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        length = int(self.headers.get("Content-Length") or 0)
        request = Request(
            self.command, self.path, dict(self.headers), self.rfile.read(length))
        self.server.requests.append(request)
        self.send(self.server.script(request))

    do_POST = do_PUT = do_GET

    def send(self, reply: Reply):
        self.server.over.wait(reply.waits)
        self.close_connection = True
        if reply.cuts_off:
            return
        self.send_response(reply.status)
        self.send_header("Content-Type", reply.content_type)
        self.send_header("Connection", "close")
        for name, value in reply.headers.items():
            self.send_header(name, value)
        length = len(reply.body) if reply.length is None else reply.length
        self.send_header("Content-Length", str(length))
        self.end_headers()
        self.send_body(reply)

    def send_body(self, reply: Reply):
        if not reply.trickles:
            self.wfile.write(reply.body)
            return
        for byte in reply.body:
            self.wfile.write(bytes([byte]))
            self.wfile.flush()
            if self.server.over.wait(reply.trickles):
                return

    def log_message(self, *args):
        pass


@contextmanager
def scripted(script: Script | list[Reply] | Reply) -> Iterator[ScriptedServer]:
    """Run a server; a list of replies is given out in turn, the last one for ever."""
    server = ScriptedServer(as_script(script))
    threading.Thread(target=server.serve_forever, args=(.02,), daemon=True).start()
    try:
        yield server
    finally:
        server.over.set()
        server.shutdown()
        server.server_close()


def as_script(script: Script | list[Reply] | Reply) -> Script:
    if callable(script):
        return script
    replies = [script] if isinstance(script, Reply) else list(script)
    return lambda _: replies.pop(0) if len(replies) > 1 else replies[0]
