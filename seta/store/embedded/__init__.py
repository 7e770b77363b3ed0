"""PostgreSQL without installing one."""

from .server import FOR_TESTS, EmbeddedServer

__all__ = ["FOR_TESTS", "EmbeddedServer"]
