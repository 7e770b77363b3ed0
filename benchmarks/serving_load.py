"""Ask one URL over and over from several processes, as fast as it answers."""

import socket
import subprocess
import sys
import time
from urllib.parse import urlsplit


def requests_per_second(url: str, headers: str, *, processes: int, seconds: float) -> float:
    """Return how many answers all processes together had in a second."""
    workers = [subprocess.Popen(
        [sys.executable, __file__, url, headers, str(seconds)], stdout=subprocess.PIPE, text=True)
        for _ in range(processes)]
    return sum(float(worker.communicate()[0]) for worker in workers)


def ask_on(url: str, headers: str, seconds: float) -> float:
    """Ask on one connection that is kept; a raw socket, so that asking costs little itself."""
    parts = urlsplit(url)
    request = (f"GET {parts.path}?{parts.query} HTTP/1.1\r\nHost: {parts.netloc}\r\n"
               f"{headers}\r\n").encode("ascii")
    buffer = bytearray(1 << 20)
    with socket.create_connection((parts.hostname, parts.port)) as connection:
        for _ in range(20):
            _ask(connection, request, buffer)
        count, begun = 0, time.monotonic()
        while time.monotonic() - begun < seconds:
            _ask(connection, request, buffer)
            count += 1
        return count / (time.monotonic() - begun)


def _ask(connection: socket.socket, request: bytes, buffer: bytearray) -> None:
    connection.sendall(request)
    filled, end = 0, None
    while end is None or filled < end:
        received = connection.recv_into(memoryview(buffer)[filled:])
        if not received:
            raise ConnectionError("the server closed the connection")
        filled += received
        if end is None:
            end = _end_of_answer(buffer, filled)


def _end_of_answer(buffer: bytearray, filled: int) -> int | None:
    head = buffer.find(b"\r\n\r\n", 0, filled)
    if head < 0:
        return None
    lines = bytes(buffer[:head]).lower().split(b"\r\n")
    if b" 304 " in lines[0]:
        return head + 4
    length = next(line for line in lines if line.startswith(b"content-length:"))
    return head + 4 + int(length.split(b":")[1])


if __name__ == "__main__":
    print(ask_on(sys.argv[1], sys.argv[2], float(sys.argv[3])))
