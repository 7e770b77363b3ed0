"""The routes of the pages."""

from collections.abc import Callable
from datetime import UTC, datetime

from flask import Blueprint, Flask, Response, current_app, render_template
from sqlalchemy.orm import Session, sessionmaker

from .. import __version__
from ..domain import Prices
from ..publish.serving import Published
from .page import OverviewPage, make_page

bp = Blueprint("web", __name__, template_folder="templates", static_folder="static",
               static_url_path="/static")

# Pages use only our own files: no script, no other host.
CONTENT_SECURITY_POLICY = "default-src 'self'; frame-ancestors 'none'; base-uri 'none'"


def init_app(
    app: Flask, sessions: sessionmaker[Session], published: Published,
    clock: Callable[[], datetime], prices: Prices | None,
) -> None:
    app.extensions["seta_web"] = sessions, published, clock, prices
    app.register_blueprint(bp)


@bp.app_template_filter("moment")
def moment(value: datetime) -> str:
    return f"{value.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


@bp.get("/")
def overview() -> str:
    """Show the first project."""
    return _render(_page(None))


@bp.get("/projects/<project>")
def project_overview(project: str) -> str:
    """Show one project: which job types run on every push, and which less often."""
    return _render(_page(project))


@bp.after_request
def protect(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
    response.headers["Referrer-Policy"] = "same-origin"
    return response


def _page(project: str | None) -> OverviewPage:
    sessions, published, clock, prices = current_app.extensions["seta_web"]
    with sessions() as session:
        return make_page(session, published, project, clock=clock, prices=prices)


def _render(page: OverviewPage) -> str:
    template = "seta/overview.html" if page.project else "seta/empty.html"
    return render_template(template, page=page, version=__version__)
