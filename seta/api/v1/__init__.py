"""The native API: what to run on a push, why, and what is still owed."""

from apiflask import APIFlask

from ..context import Context
from . import (
    access, answers, audit, classifications, due, jobs, openapi, overrides, problems, projects,
    pushes, regressions, renames, results, runs, schedule, scopes, snapshots, status,
)

PREFIX = "/api/v1"
ROUTES = (
    projects, schedule, due, pushes, jobs, snapshots, scopes, regressions, classifications,
    results, overrides, renames, status, runs, audit,
)


def init_app(app: APIFlask) -> None:
    """Add the API to an app whose context is set."""
    context: Context = app.extensions["seta"]
    problems.init_app(app, f"{PREFIX}/")
    answers.init_app(app, f"{PREFIX}/")
    access.init_app(app, f"{PREFIX}/", context.settings)
    for routes in ROUTES:
        app.register_blueprint(routes.bp)
    openapi.init_app(app)
