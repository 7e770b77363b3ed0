"""Settings from the environment, checked by type at start."""

from .settings import Settings, described, from_environment

__all__ = ["Settings", "described", "from_environment"]
