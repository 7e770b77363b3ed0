"""What ``taskcluster/config.yml`` says under ``seta``.

    seta:
        url: https://seta.example.org
        project: my-project        # as SETA calls it; else the parameter "project"
        branches: [main, release]  # of a git project: those whose pushes SETA schedules
        deadline: 10               # seconds

The environment's ``SETA_URL`` wins over ``url``; a token can only come from ``SETA_TOKEN``.
"""

import logging
import os
from dataclasses import dataclass

from ..wire import DEADLINE

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Settings:
    url: str | None = None
    project: str | None = None
    branches: tuple[str, ...] = ("main", "master")
    deadline: float = DEADLINE


def read_settings(graph_config) -> Settings:
    """Read the settings; what is wrong is logged and left at its default, for a mistake here
    may cost a saving, but never a decision task."""
    given = graph_config["seta"] if "seta" in graph_config else {}
    if not isinstance(given, dict):
        logger.warning("config.yml: seta is %r, not a mapping, so it is ignored", given)
        given = {}
    return Settings(
        url=os.environ.get("SETA_URL") or checked(given, "url", str),
        project=checked(given, "project", str),
        branches=tuple(str(name) for name in checked(given, "branches", list) or ())
        or Settings.branches,
        deadline=checked(given, "deadline", (int, float)) or DEADLINE,
    )


def checked(given: dict, key: str, kind):
    value = given.get(key)
    if value is None or isinstance(value, kind):
        return value
    logger.warning("config.yml: seta.%s is %r, which it cannot be, so it is ignored", key, value)
    return None
