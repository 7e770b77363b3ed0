"""Settings from the environment, checked by type at start."""

from .settings import ALL_ADDRESSES, Settings, setting_fields, from_environment

__all__ = ["ALL_ADDRESSES", "Settings", "setting_fields", "from_environment"]
