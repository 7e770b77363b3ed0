"""Real CI data, shipped with SETA so that a newcomer can see it work."""

from .scopes import DemoScope, records, scopes

__all__ = ["DemoScope", "records", "scopes"]
