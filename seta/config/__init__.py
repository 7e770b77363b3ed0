"""Settings from the environment, checked by type at start."""

from .settings import Settings, setting_fields, from_environment

__all__ = ["Settings", "setting_fields", "from_environment"]
