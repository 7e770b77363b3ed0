"""A local ActiveData, run as a program of its own: `python activedata_server.py`.

It evaluates queries with jx-sqlite over documents that are posted to it, and does itself what
the engine does not: the row clamp, the shape of errors, the refusal of what is too large.
Never ask it for the number 0.0: the engine then takes its own 0 for that, and breaks.
A program of its own, because the engine prints noise and leaves threads that keep a process
from ending. It ends when its standard input does, so that none is left over.

    POST /query       a query; what ActiveData answers
    POST /documents   a JSON list of `treeherder` documents to add
    POST /clamp       a number: rows that an answer has at most
    POST /delay       seconds to wait before the next answers
    GET  /queries     the queries so far
"""

import json
import os
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Queue
from traceback import walk_stack
from types import SimpleNamespace

MAX_LIMIT = 10_000
LARGEST_QUERY = 10 * 1024 * 1024
OVERVIEW = b"<!DOCTYPE html><html><body>This is an ActiveData service</body></html>"


class Engine:
    """Owns the jx-sqlite table; all work on it is done in the main thread, which it knows."""

    def __init__(self):
        self.calls = Queue()

    def run(self):
        import jx_sqlite
        count_frames_quickly()
        table = jx_sqlite.Container().get_or_create_facts("treeherder")
        while True:
            work, answers = self.calls.get()
            try:
                answers.put((True, work(table)))
            except BaseException as error:
                answers.put((False, error))

    def call(self, work):
        answers = Queue()
        self.calls.put((work, answers))
        is_good, answer = answers.get()
        if not is_good:
            raise answer
        return answer


def count_frames_quickly():
    """Spare the engine most of its time: to count its frames it reads the source of each."""
    from mo_sqlite.expressions import sql_script

    sql_script.inspect = SimpleNamespace(stack=lambda: [*walk_stack(sys._getframe(1))])


class State:
    clamp = MAX_LIMIT
    delay = 0.0
    queries = []
    engine = Engine()


def evaluate(query: dict) -> bytes:
    """Answer as ActiveData does: a limit of 10 unless one is asked for, never above the clamp."""
    from mo_dots import to_data
    from mo_json import value2json

    if query.get("from") != "treeherder":
        raise ValueError(f"unknown table {query.get('from')}")
    clamped = query | {"limit": min(query.get("limit", 10), State.clamp)}
    return State.engine.call(lambda table: value2json(table.query(to_data(clamped)))).encode()


def as_chain(error: BaseException) -> bytes:
    """The exception in ActiveData's form: template, params, cause."""
    from mo_json import value2json
    from mo_logs import Except

    chain = json.loads(value2json(Except.wrap(error).__data__()))
    return json.dumps({
        "context": "ERROR", "template": "Problem with query {{query}}", "params": {"query": "?"},
        "cause": chain, "meta": {"timing": {"total": 0.1}},
    }).encode()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        if self.path == "/queries":
            return self.answer(200, json.dumps(State.queries).encode())
        if self.path.startswith("/query"):
            return self.query()
        self.answer(200, OVERVIEW, "text/html")

    def do_POST(self):
        if self.path.startswith("/query"):
            return self.query()
        if self.path == "/documents":
            documents = json.loads(self.body())
            State.engine.call(lambda table: table.insert(documents))
            return self.answer(200, b"{}")
        if self.path in ("/clamp", "/delay"):
            setattr(State, self.path[1:], json.loads(self.body()))
            return self.answer(200, b"{}")
        self.answer(200, OVERVIEW, "text/html")

    def query(self):
        body = self.body()
        time.sleep(State.delay)
        if not body:
            return self.answer(400, b"<html>no query</html>", "text/html")
        if len(body) > LARGEST_QUERY:
            return self.answer(413, b'{"template":"Query is too large"}', "text/html")
        try:
            query = json.loads(body)
            State.queries.append(query)
            self.answer(200, evaluate(query))
        except BaseException as error:
            self.answer(400, as_chain(error), "text/html; charset=utf-8")

    def body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def answer(self, status: int, body: bytes, content_type: str = "application/json"):
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


def end_with_standard_input():
    sys.stdin.buffer.read()
    os._exit(0)


def main():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=end_with_standard_input, daemon=True).start()
    os.write(int(sys.argv[1]), f"{server.server_port}\n".encode())
    threading.Thread(target=server.serve_forever, daemon=True).start()
    State.engine.run()


if __name__ == "__main__":
    main()
