"""The pages: rendered on the server, without scripts."""

from .views import init_app

__all__ = ["init_app"]
