"""How fast lists are served, and in how much memory: ``python benchmarks/serving.py``.

Everything runs under the same gunicorn: 2 processes of 4 threads, with the worker of `seta serve`
and with gunicorn's own. A bare Flask route that answers the same bytes is the peer, and a bare
WSGI function the limit: below it is gunicorn. All are asked in turns, since other work on the
machine slows them all; the middle of the turns counts.
"""

import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import serving_world
from report import Table, publish
from serving_load import requests_per_second
from serving_memory import ask_everything, peak_of, share_of

from seta.store.embedded import EmbeddedServer

LOW, HIGH = 2_000, 200
MEMORY_LOW, MEMORY_HIGH = 9_500, 500
PROJECTS = ("autoland", "mozilla-inbound", "mozilla-central", "mozilla-beta", "fx-team")
PATH = "/api/project/autoland/seta/job-priorities/?build_system_type=taskcluster&priority=5"
PLAIN, GZIP = "Accept-Encoding: identity\r\n", "Accept-Encoding: gzip\r\n"
TURNS, SECONDS, ASKING = 5, 1.5, 8
WORKERS = {"`seta serve`'s": "seta.cli.web_worker.WebWorker", "gunicorn's gthread": "gthread"}
GUNICORN = ["--no-control-socket", "-w", "2", "--threads", "4", "--log-level", "error"]
SETA, FLASK, WSGI = "SETA", "bare Flask", "bare WSGI"
APPS = {SETA: "seta.wsgi:create_app()", FLASK: "serving_bare:create_app()",
        WSGI: "serving_bare:create_wsgi()"}


class Served:
    def __init__(self, url: str, pid: int):
        self.url = url
        self._pid = pid

    @property
    def processes(self) -> list[int]:
        """The ids of gunicorn's master and of the web processes."""
        children = Path(f"/proc/{self._pid}/task/{self._pid}/children").read_text()
        return [self._pid, *(int(each) for each in children.split())]

    def cpu_seconds(self) -> float:
        return sum(_cpu_seconds(pid) for pid in self.processes)


def tables() -> list[Table]:
    return [measured_speed(), measured_memory()]


def measured_speed() -> Table:
    with ExitStack() as stack:
        folder, url = database(stack, low=LOW, high=HIGH)
        servers = {}
        for worker, its_class in WORKERS.items():
            servers[SETA, worker] = stack.enter_context(
                served(APPS[SETA], worker=its_class, DATABASE_URL=url))
            body = warm(servers[SETA, worker].url)
            (folder / "body.json").write_bytes(body)
            for name in (FLASK, WSGI):
                server = servers[name, worker] = stack.enter_context(
                    served(APPS[name], worker=its_class, BARE_BODY=str(folder / "body.json")))
                assert warm(server.url) == body
        return speed_table(measure(servers), len(body))


def measured_memory() -> Table:
    with ExitStack() as stack:
        folder, url = database(stack, low=MEMORY_LOW, high=MEMORY_HIGH, names=PROJECTS)
        with served_by_command(DATABASE_URL=url) as server:
            (folder / "body.json").write_bytes(warm(server.url))
            rows = [memory_row("SETA, before", server.processes, share_of(server.processes)),
                    memory_row("SETA, after", server.processes, most_held(server))]
        with served(APPS[FLASK], BARE_BODY=str(folder / "body.json")) as server:
            for _ in range(100):
                warm(server.url)
            rows.append(memory_row("bare Flask, one of the lists", server.processes,
                                   share_of(server.processes)))
    return Table(
        title="Memory of the web processes", rows=rows,
        header=("", "peak of the master", "of each process", "sum of these peaks",
                "most at once, shared parts once"),
        about=f"`seta serve`, 2 processes, {MEMORY_LOW + MEMORY_HIGH:,} job types on "
              f"{len(PROJECTS)} projects. Every list of every project (Taskcluster, all build "
              "systems, triples; each priority), plain and gzipped, is asked of both processes by "
              "eight clients at once. The processes share what the master has imported: the sum "
              "of the peaks counts that three times.")


def most_held(server: Served) -> float:
    """Ask everything; return what the processes held at once at most, in MB."""
    with ThreadPoolExecutor(1) as threads:
        asking = threads.submit(ask_everything, server.url, PROJECTS)
        found = [share_of(server.processes)]
        while not asking.done():
            found.append(share_of(server.processes))
            time.sleep(0.02)
        asking.result()
    return max(found)


def memory_row(name: str, processes: list[int], held: float) -> tuple[str, ...]:
    master, *others = processes
    each = ", ".join(f"{peak_of([pid]):.0f}" for pid in others)
    return (name, f"{peak_of([master]):.0f} MB", f"{each} MB",
            f"{peak_of(processes):.0f} MB", f"{held:.0f} MB")


def database(stack: ExitStack, **sizes: int | tuple[str, ...]) -> tuple[Path, str]:
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="seta-serving-")))
    folder.chmod(0o755)  # the database server may run as another user
    url = stack.enter_context(EmbeddedServer(folder)).url
    serving_world.fill(url, **sizes)
    return folder, url


@contextmanager
def served(
    app: str, *, worker: str = WORKERS["`seta serve`'s"], **environment: str
) -> Iterator[Served]:
    with running("gunicorn", *GUNICORN, "-k", worker, app, **environment) as server:
        yield server


@contextmanager
def served_by_command(**environment: str) -> Iterator[Served]:
    with running("seta", "serve", SETA_HOST="127.0.0.1", WEB_CONCURRENCY="2",
                 **environment) as server:
        yield server


@contextmanager
def running(program: str, *arguments: str, **environment: str) -> Iterator[Served]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    here = Path(__file__).parent
    paths = os.pathsep.join([str(here), str(here.parent)])
    process = subprocess.Popen(   # both programs listen on PORT
        [sys.executable, "-m", program, *arguments], stderr=subprocess.DEVNULL,
        env=os.environ | {"PYTHONPATH": paths, "PORT": port} | environment)
    try:
        yield Served(f"http://127.0.0.1:{port}{PATH}", process.pid)
    finally:
        process.terminate()
        process.wait()


def warm(url: str) -> bytes:
    """Ask until it answers; return the body."""
    for _ in range(300):
        try:
            with urllib.request.urlopen(url) as response:
                return response.read()
        except OSError:
            time.sleep(0.1)
    raise SystemExit(f"{url} does not answer")


Case = tuple[str, str, str]   # server, what is asked, worker


def measure(servers: dict[tuple[str, str], Served]) -> dict[Case, tuple[float, float]]:
    """Return requests per second and the servers' CPU seconds for a request, by case."""
    found: dict[Case, list[tuple[float, float]]] = {}
    for _ in range(TURNS):
        for (name, worker), server in servers.items():
            for question, headers in questions(name, server.url).items():
                before = server.cpu_seconds()
                rate = requests_per_second(
                    server.url, headers, processes=ASKING, seconds=SECONDS)
                cost = (server.cpu_seconds() - before) / (rate * SECONDS)
                found.setdefault((name, question, worker), []).append((rate, cost))
    return {case: (statistics.median(rate for rate, _ in turns),
                   statistics.median(cost for _, cost in turns))
            for case, turns in found.items()}


def questions(name: str, url: str) -> dict[str, str]:
    if name == FLASK:
        return {"plain": PLAIN}
    with urllib.request.urlopen(url) as response:
        etag = response.headers["ETag"]
    return {"plain": PLAIN, "gzip": GZIP, "304": f"{PLAIN}If-None-Match: {etag}\r\n"}


def speed_table(found: dict[Case, tuple[float, float]], size: int) -> Table:
    rows = []
    for (name, question, worker), (rate, cost) in found.items():
        peer_rate, peer_cost = found[FLASK, "plain", worker]
        rows.append((worker, f"{name}, {question}", f"{rate:,.0f}", f"{rate / peer_rate:.2f}",
                     f"{cost * 1e6:,.0f} µs", f"{peer_cost / cost:.2f}"))
    return Table(
        title="Lists beside a bare Flask route", rows=rows,
        header=("worker", "", "requests per second", "to bare Flask", "CPU of the servers",
                "bare Flask's to it"),
        about=f"{LOW:,} labels, {size:,} bytes, {ASKING} clients on connections that are kept, two "
              "processes of four threads. The bare Flask route and the bare WSGI function answer "
              "the same bytes, ready in memory; what the bare WSGI function takes is gunicorn's.")


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    publish("Serving lists", tables)
