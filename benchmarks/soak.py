"""A service under load while it is broken: ``python benchmarks/soak.py [--minutes 10]``.

Clients read lists, the status and pages, put pushes and post results; a worker ingests from a
source that grows, analyzes and publishes, over and over. Meanwhile web processes, the worker and
backends of the database are killed at random, and the database is restarted. At the end: which
errors a fault explains and which nothing explains, how long answers took, how much memory each kind
of process had at its peak, and whether all that was acknowledged is there, once.
"""

import argparse
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil
from report import Table, publish

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))  # the tools of tests/faults

from fault_world import STATUS, Postgres, run_seta, serving, start_seta  # noqa: E402
from fault_world.ci import Source, activedata_rows, count, settings_for  # noqa: E402
from loopback.scripted import scripted  # noqa: E402
from soak_clients import PUSHES, Client, Faults, clients_of  # noqa: E402

CALM = (4.0, 12.0)    # seconds between two faults
MB = 1024 * 1024


class Soak:
    """What runs and what is broken; `happened` counts it."""

    def __init__(self, postgres: Postgres, url: str, source: Source, settings: dict[str, str]):
        self.postgres, self.url, self.source, self.settings = postgres, url, source, settings
        self.is_over = threading.Event()
        self.faults, self.happened = Faults(), Counter()
        self.peaks: dict[str, float] = {}
        self.worker: subprocess.Popen | None = None
        self.chance = random.Random(20261124)

    def work(self) -> None:
        """Run the worker's round again and again; the source has a new push each time."""
        while not self.is_over.is_set():
            pushes = self.happened["pushes at the source"] = \
                self.happened["pushes at the source"] + 1
            self.source.rows += activedata_rows(1, newest=a_minute_ago(), first=1000 + pushes)
            self.worker = start_seta("worker", "--once", database=self.url, **self.settings)
            self.worker.communicate()
            self.happened["rounds of the worker"] += self.worker.returncode == 0

    def break_things(self, service) -> None:
        while not self.is_over.wait(self.chance.uniform(*CALM)):
            kind = self.chance.choices(
                (self._kill_web, self._kill_worker, self._kill_backend, self._restart),
                weights=(3, 3, 3, 1))[0]
            kind(service)

    def _kill_web(self, service) -> None:
        found = service.web_processes()
        if found:
            began = time.monotonic()
            self.chance.choice(found).kill()
            self._broken("web process", began, time.monotonic())

    def _kill_worker(self, service) -> None:
        if self.worker is not None and self.worker.poll() is None:
            self.worker.kill()
            self.happened["kills: worker"] += 1

    def _kill_backend(self, service) -> None:
        began = time.monotonic()
        try:
            self.postgres.kill_backend("soak")
        except (TypeError, ProcessLookupError):
            return  # nobody was connected
        self.postgres.wait_until_it_answers()
        self._broken("database", began, time.monotonic(), "kills: database backend")

    def _restart(self, service) -> None:
        began = time.monotonic()
        self.postgres.stop()
        self.is_over.wait(2)
        self.postgres.start()
        self._broken("database", began, time.monotonic(), "restarts of the database")

    def _broken(self, kind: str, began: float, ended: float, what: str = "") -> None:
        self.faults.add(kind, began, ended)
        self.happened[what or f"kills: {kind}"] += 1

    def measure_memory(self, service) -> None:
        while not self.is_over.wait(1):
            self._peak("web process", service.web_processes())
            self._peak("gunicorn's master", [service.process])
            if self.worker is not None and self.worker.poll() is None:
                self._peak("worker", [psutil.Process(self.worker.pid)])
            self._peak("database, one process", self.postgres.processes())

    def _peak(self, kind: str, processes: list[psutil.Process]) -> None:
        for process in processes:
            try:
                resident = process.memory_info().rss / MB
            except psutil.NoSuchProcess:
                continue
            self.peaks[kind] = max(self.peaks.get(kind, 0), resident)


def tables() -> list[Table]:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--clients", type=int, default=2, help="of each of five kinds")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="seta-soak-") as folder:
        Path(folder).chmod(0o755)  # the database server may run as another user
        postgres = Postgres(Path(folder)).start()
        try:
            return soak(postgres, minutes=chosen.minutes, each=chosen.clients)
        finally:
            postgres.kill()


def soak(postgres: Postgres, *, minutes: float, each: int) -> list[Table]:
    url = postgres.database("soak")
    run_seta("db", "upgrade", database=url)
    run_seta("projects", "add", "autoland", "--source", "activedata", database=url)
    run_seta("projects", "add", "posted", "--source", "files", "--scope", "posted", database=url)
    source = Source(activedata_rows(140, newest=a_minute_ago()))
    with scripted(source) as server:
        made = Soak(postgres, url, source, settings_for(server.url))
        run_seta("worker", "--once", database=url, **made.settings)
        with serving(url) as service:
            clients = clients_of(service, each)
            run_all(made, service, clients, minutes)
            service.wait_for(STATUS)
            run_seta("worker", "--once", database=url, **made.settings)
            lost = lost_of(made, service, clients)
    return tables_of(made, clients, lost, minutes)


def run_all(made: Soak, service, clients: list[Client], minutes: float) -> None:
    jobs = [(made.work, ()), (made.break_things, (service,)), (made.measure_memory, (service,)),
            *((client.run, (made.is_over,)) for client in clients)]
    threads = [threading.Thread(target=job, args=arguments) for job, arguments in jobs]
    for thread in threads:
        thread.start()
    time.sleep(minutes * 60)
    made.is_over.set()
    for thread in threads:
        thread.join(120)


def a_minute_ago() -> datetime:
    """When a push came whose jobs are done and classified by now."""
    return datetime.now(UTC) - timedelta(minutes=1.1)


def of_namespace(name: str) -> str:
    return f"namespace_id = (SELECT id FROM namespaces WHERE name = '{name}')"


def lost_of(made: Soak, service, clients: list[Client]) -> dict[str, int]:
    """Count what was acknowledged and is not there, or is there twice."""
    puts = {push_id: body for client in clients if client.name.startswith("PUT")
            for push_id, body in client.kept.items()}
    posted = {job_id for client in clients if client.name.startswith("POST")
              for job_id in client.kept}
    stored = count(
        made.url, f"SELECT count(*) FROM job_results WHERE {of_namespace('soak')}")
    sent = sum(client.sent for client in clients if client.name.startswith("POST"))
    pushes = sum(client.sent for client in clients if client.name.startswith("PUT"))
    found = {
        f"schedules answered ({len(puts):,}) that are gone or differ": sum(
            service.get(f"{PUSHES}{push_id}/schedule").body != body
            for push_id, body in puts.items()),
        "schedules that were never asked for, or stored twice": max(0, count(
            made.url, "SELECT count(*) FROM schedules") - pushes),
        f"results acknowledged ({len(posted):,}) that are gone": max(0, len(posted) - stored),
        "results that were never posted, or stored twice": max(0, stored - sent),
    }
    ingested = count(
        made.url, f"SELECT count(*) FROM job_results WHERE {of_namespace('treeherder')}")
    found[f"results of the source ({len(made.source.rows):,}) lost or doubled"] = abs(
        len(made.source.rows) - ingested)
    return found


def tables_of(
    made: Soak, clients: list[Client], lost: dict[str, int], minutes: float
) -> list[Table]:
    rows, errors = [], Counter()
    for kind in dict.fromkeys(client.name.rpartition(" ")[0] for client in clients):
        answers = [answer for client in clients if client.name.startswith(f"{kind} ")
                   for answer in client.answers]
        named = [(made.faults.explain(answer, at), answer) for at, answer in answers]
        errors.update(f"{kind}: {name}" for name, _ in named if name != "good")
        good = sorted(answer.seconds for name, answer in named if name == "good") or [0]
        rows.append((kind, f"{len(answers):,}", f"{sum(name == 'good' for name, _ in named):,}",
                     *(f"{good[min(len(good) - 1, int(len(good) * part))] * 1000:,.0f} ms"
                       for part in (.5, .99, 1))))
    about = f"""{minutes:g} minutes of mixed load on `seta serve` (two processes) with
        {len(clients)} clients, and a worker that ingests, analyzes and publishes all the time,
        while processes of all kinds are killed and the database is restarted."""
    return [
        Table(("", "answers", "good", "median", "99th percentile", "slowest"), rows, about),
        facts("What was done, and broken", made.happened),
        facts("Errors, and the faults that explain them", errors),
        facts("Peak memory, MB", {kind: f"{peak:,.0f}" for kind, peak in made.peaks.items()}),
        facts("Lost or doubled", lost)]


def facts(title: str, found: dict) -> Table:
    return Table((title, ""), [(name, str(number)) for name, number in sorted(found.items())])


if __name__ == "__main__":
    publish("A soak", tables)
