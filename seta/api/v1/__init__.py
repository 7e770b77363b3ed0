"""The native API: what to run on a push, why, and what is still owed."""

from apiflask import APIFlask

from ...config import Settings
from ..conditional import tag_reads
from . import (
    access, audit, audits, backtests, classifications, due, jobs, misses, openapi, overrides,
    problems, projects, pushes, regressions, renames, results, runs, schedule, scopes, snapshots,
    status, what_if,
)

PREFIX = "/api/v1"
ROUTES = (
    projects, schedule, due, audits, pushes, jobs, snapshots, backtests, what_if, scopes,
    regressions, misses, classifications, results, overrides, renames, status, runs, audit,
)


def init_app(app: APIFlask, settings: Settings) -> None:
    problems.init_app(app, f"{PREFIX}/")
    tag_reads(app, f"{PREFIX}/")
    access.init_app(app, f"{PREFIX}/", settings)
    for routes in ROUTES:
        app.register_blueprint(routes.bp)
    openapi.init_app(app)
