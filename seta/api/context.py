"""What the views of the API work with."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from flask import current_app
from sqlalchemy.orm import Session, sessionmaker

from ..config import Settings
from ..publish.serving import Published


@dataclass(frozen=True)
class Context:
    settings: Settings
    sessions: sessionmaker[Session]
    clock: Callable[[], datetime]
    published: Published


def context() -> Context:
    """Return the context of the app that serves this request."""
    found: Context = current_app.extensions["seta"]
    return found
