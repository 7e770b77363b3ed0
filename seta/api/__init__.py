"""The API: the legacy routes, and /api/v1."""

from apiflask import APIFlask

from . import cors, errors, health, legacy, protection, v1
from .context import Context
from .legacy.quick import QuickLists

__all__ = ["Context", "init_app"]


def init_app(app: APIFlask, context: Context) -> None:
    """Add every route of the API to the app; its views work with the context."""
    app.config["MAX_CONTENT_LENGTH"] = context.settings.max_body
    app.extensions["seta"] = context
    errors.init_app(app)
    cors.init_app(app)
    protection.init_app(app)
    health.init_app(app, context)
    legacy.init_app(app)
    v1.init_app(app, context.settings)
    # Around all the rest, which it repeats.
    app.wsgi_app = QuickLists(app.wsgi_app, context.published)  # type: ignore[method-assign]
