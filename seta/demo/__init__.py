"""Real CI data that is shipped with SETA, so that a newcomer sees it work."""

from .scopes import DemoScope, records, scopes

__all__ = ["DemoScope", "records", "scopes"]
