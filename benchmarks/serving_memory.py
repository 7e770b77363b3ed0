"""The peak of a web service's memory once every list was asked of each of its processes."""

import http.client
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from pathlib import Path
from urllib.parse import urlsplit

ASKING = 8    # clients that ask all questions at once, each on new connections
ROUTES = ("/api/project/{}/seta/job-priorities/?build_system_type=taskcluster",
          "/api/project/{}/seta/job-priorities/?build_system_type=*",
          "/data/setadetails/?branch={}")
NUMBERS = ("", "&priority=1", "&priority=2", "&priority=3", "&priority=5")
ENCODINGS = ("identity", "gzip")


def ask_everything(url: str, projects: tuple[str, ...]) -> None:
    """Ask for each list of each project, plain and gzipped, of every process."""
    questions = [(route.format(project) + number, encoding) for project, route, number, encoding
                 in product(projects, ROUTES, NUMBERS, ENCODINGS)]
    host = urlsplit(url).netloc
    with ThreadPoolExecutor(ASKING) as threads:
        list(threads.map(lambda _: [_ask(host, *each) for each in questions], range(ASKING)))


def _ask(host: str, path: str, encoding: str) -> None:
    connection = http.client.HTTPConnection(host)
    connection.request("GET", path, headers={"Accept-Encoding": encoding})
    response = connection.getresponse()
    response.read()
    assert response.status == 200, path
    connection.close()


def peak_of(processes: list[int]) -> float:
    """Return the peaks of these processes together, in MB; what they share counts in each."""
    return sum(_kilobytes(f"/proc/{pid}/status", "VmHWM") for pid in processes) / 1024


def share_of(processes: list[int]) -> float:
    """Return what they hold now, in MB; what they share counts once."""
    return sum(_kilobytes(f"/proc/{pid}/smaps_rollup", "Pss") for pid in processes) / 1024


def _kilobytes(path: str, name: str) -> int:
    lines = Path(path).read_text().splitlines()
    return int(next(line for line in lines if line.startswith(f"{name}:")).split()[1])
