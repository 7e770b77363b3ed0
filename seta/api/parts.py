"""What a view works with."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from flask import current_app
from sqlalchemy.orm import Session, sessionmaker

from ..config import Settings
from ..publish.published import Published


@dataclass(frozen=True)
class Parts:
    settings: Settings
    sessions: sessionmaker[Session]
    clock: Callable[[], datetime]
    published: Published


def parts() -> Parts:
    """Return the parts of the app that serves this request."""
    return current_app.extensions["seta"]
