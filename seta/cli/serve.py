"""`seta serve`: gunicorn with threads and, on a developer's machine, a token for writes."""

import gc
import os
import socket
import resource
from importlib import import_module
from typing import Any

import click
from gunicorn.app.base import BaseApplication
from gunicorn.util import import_app

from ..config import ALL_ADDRESSES, Settings
from ..domain import DEFAULT_SCOPE
from ..store.curation.projects import scopes, seed_projects
from .program import Program
from .token import local_token

APPLICATION = "seta.wsgi"
MAX_CONNECTIONS = 2000   # of one web process
OTHER_FILES = 100        # that a web process has open: the database, the log, modules


class Gunicorn(BaseApplication):
    """Gunicorn run from our command, so that the embedded PostgreSQL lives as long as it does."""

    def __init__(self, program: Program):
        self._program = program
        super().__init__()

    def load_config(self) -> None:
        for name, value in gunicorn_options(self._program.settings).items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        # In each web process: neither connections nor threads survive a fork.
        self._program.watch_database()
        return import_app(f"{APPLICATION}:create_app()")


@click.command()
@click.pass_obj
def serve(program: Program) -> None:
    """Serve the pages and the API on SETA_HOST and PORT until stopped.

    Where PORT or DYNO is set and SETA_HOST is not, it listens on all addresses.

    Without DATABASE_URL this starts the embedded PostgreSQL, and keeps a token for writes in
    SETA_HOME/token.
    """
    settings = program.settings
    _check_port(settings)
    with program.sessions.begin() as session:
        seed_projects(session, settings)
        known = [scope.name for scope in scopes(session)] or [DEFAULT_SCOPE]
    program.engine.dispose()
    is_everywhere = settings.host == ALL_ADDRESSES
    address = f"http://{'127.0.0.1' if is_everywhere else settings.host}:{settings.port}"
    if not settings.database_url:
        _prepare_local(program, address, known[0])
    also = ", and at this machine's other addresses" if is_everywhere else ""
    click.echo(f"SETA is at {address}{also} (stop with Ctrl-C)", err=True)
    _import_application()
    Gunicorn(program).run()


def _import_application() -> None:
    """Import before the fork what every web process needs, so that they share its memory."""
    import_module(APPLICATION)
    gc.collect()
    gc.freeze()   # a collection writes to what it visits, which would copy it


def _check_port(settings: Settings) -> None:
    """Raise the system's error at once where we cannot listen; gunicorn would try for seconds."""
    try:
        found = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM)
        with socket.create_server((settings.host, settings.port), family=found[0][0]):
            pass
    except OSError as error:
        error.filename = f"port {settings.port} of {settings.host}"
        raise


def _prepare_local(program: Program, address: str, scope: str) -> None:
    """Hand the embedded database and the local token to the web processes."""
    os.environ["DATABASE_URL"] = program.database_url
    if program.settings.tokens:
        return
    token = local_token(program.settings.home_path)
    os.environ["SETA_TOKENS"] = f"local={token.hash}"
    click.echo(f"writes need the token in {token.path}, for example:\n"
               f'  curl -H "Authorization: Bearer $(cat {token.path})" '
               f"-H 'Content-Type: application/json' -d '{{}}' "
               f"{address}/api/v1/scopes/{scope}/analyze", err=True)


def _connections() -> int:
    """Return how many connections a web process may hold: each takes one of its open files."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard and hard != resource.RLIM_INFINITY:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        soft = hard
    return max(100, min(MAX_CONNECTIONS, soft - OTHER_FILES))


def gunicorn_options(settings: Settings) -> dict[str, Any]:
    return {
        "bind": f"{settings.host}:{settings.port}",
        "workers": settings.web_processes,
        "worker_class": "seta.cli.web_worker.WebWorker",
        "threads": settings.web_threads,
        "proc_name": "seta",
        "loglevel": "warning",
        "control_socket_disable": True,  # gunicorn would create it in HOME
        "graceful_timeout": 10,
        "keepalive": 5,  # seconds for an idle connection, and for the head of a request
        "worker_connections": _connections(),
    }
