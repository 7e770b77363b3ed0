"""Health routes for a load balancer and for monitoring, named as Dockerflow does.

They answer within two seconds also while the database hangs.
"""

from time import monotonic

from flask import Blueprint, Flask, Response, current_app, jsonify
from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from ..errors import StoreError
from ..publish.serving import Watch
from ..store.engine import limit_waits
from .context import Context

bp = Blueprint("health", __name__)
EVERY = 0.5       # seconds between two looks at the database, while anybody asks
PATIENCE = 1.5    # seconds that an answer waits for a look, at most
STATEMENT = 2.0   # seconds that a look may take


def init_app(app: Flask, context: Context) -> None:
    app.extensions["seta_health"] = Watch[float](
        lambda _: _look(context.long_sessions), every=EVERY, patience=PATIENCE,
        what="the database's answer")
    app.register_blueprint(bp)


@bp.get("/__lbheartbeat__")
def lbheartbeat() -> Response:
    """Say that this web process runs. It touches nothing else."""
    return _uncached(jsonify(status="ok"))


@bp.get("/__heartbeat__")
def heartbeat() -> Response:
    """Say whether the database answers: 200 or 503."""
    state = "ok" if _has_answered() else "error"
    response = jsonify(status=state, checks={"database": state})
    response.status_code = 200 if state == "ok" else 503
    return _uncached(response)


def _has_answered() -> bool:
    """Return whether the database has answered just now."""
    watch: Watch[float] = current_app.extensions["seta_health"]
    try:
        return monotonic() - watch.value() < 2 * EVERY + PATIENCE
    except StoreError:
        return False


def _look(sessions: sessionmaker[Session]) -> float:
    """Return when the database was asked for the answer that it gave."""
    began = monotonic()
    with sessions() as session:
        limit_waits(session, STATEMENT)
        session.execute(text("SELECT 1"))
    return began


def _uncached(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
