"""The native API: what to run on a push, why, and what is still owed."""

from apiflask import APIFlask

from ..parts import Parts
from . import (
    answers, audit, classifications, documents, due, guard, jobs, overrides, problems, projects,
    pushes, regressions, renames, results, runs, schedule, scopes, snapshots, status,
)

PREFIX = "/api/v1"
ROUTES = (
    projects, schedule, due, pushes, jobs, snapshots, scopes, regressions, classifications,
    results, overrides, renames, status, runs, audit,
)


def init_app(app: APIFlask) -> None:
    """Add the API to an app whose parts are set."""
    parts: Parts = app.extensions["seta"]
    problems.init_app(app, f"{PREFIX}/")
    answers.init_app(app, f"{PREFIX}/")
    guard.init_app(app, f"{PREFIX}/", parts.settings)
    for routes in ROUTES:
        app.register_blueprint(routes.bp)
    documents.init_app(app)
