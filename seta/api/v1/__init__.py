"""The native API: what to run on a push, why, and what is still owed."""

from apiflask import APIFlask

from ..parts import Parts
from . import documents, due, guard, problems, pushes, schedule

PREFIX = "/api/v1"
ROUTES = (schedule, due, pushes)


def init_app(app: APIFlask) -> None:
    """Add the API to an app whose parts are set."""
    parts: Parts = app.extensions["seta"]
    problems.init_app(app, f"{PREFIX}/")
    guard.init_app(app, f"{PREFIX}/", parts.settings)
    for routes in ROUTES:
        app.register_blueprint(routes.bp)
    documents.init_app(app)
