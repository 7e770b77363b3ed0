"""The legacy routes, of earlier SETAs, for clients that will not be changed.

Read-only and stateless. With and without the slash at the end, and no redirect between them:
legacy clients do not follow a 308.
"""

from flask import Flask

from . import failures, job_priorities, known_jobs, setadetails


def init_app(app: Flask) -> None:
    for routes in (setadetails, job_priorities, known_jobs, failures):
        app.register_blueprint(routes.bp)
