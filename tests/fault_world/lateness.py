"""How late everything is on this machine at the moment, so that a limit holds on a busy one too."""

import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

# A thread for each connection, which answers its first byte.
SERVER = """
import socketserver
class Echo(socketserver.BaseRequestHandler):
    def handle(self):
        self.request.sendall(self.request.recv(1))
class Server(socketserver.ThreadingTCPServer):
    request_queue_size = 100
with Server(("127.0.0.1", 0), Echo) as server:
    print(server.server_address[1], flush=True)
    server.serve_forever()
"""
EVERY = .03
HOPS = 5   # an answer of the service waits for so many times as many threads as one of this server


class Lateness:
    """The longest that a server which only sends a byte back has kept us waiting."""

    longest: float = 0

    def allows(self, limit: float) -> float:
        """Return the seconds that something may take here which may take `limit` by itself."""
        return limit + HOPS * self.longest

    def measure(self, port: int) -> None:
        began = time.monotonic()
        with socket.create_connection(("127.0.0.1", port)) as connection:
            connection.sendall(b"x")
            connection.recv(1)
        self.longest = max(self.longest, time.monotonic() - began)


@contextmanager
def measured_lateness() -> Iterator[Lateness]:
    """Ask such a server all the time, while the block runs."""
    lateness, is_over = Lateness(), threading.Event()
    with subprocess.Popen([sys.executable, "-S", "-E", "-c", SERVER], stdout=subprocess.PIPE,
                          text=True) as server:
        port = int(server.stdout.readline())

        def measure() -> None:
            while not is_over.wait(EVERY):
                lateness.measure(port)

        thread = threading.Thread(target=measure)
        thread.start()
        try:
            yield lateness
        finally:
            is_over.set()
            thread.join()
            server.kill()
