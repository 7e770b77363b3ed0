"""A bare Flask route that answers the bytes of a file: what serving is measured against."""

import os
from pathlib import Path

from flask import Flask, Response


def create_app() -> Flask:
    app = Flask("bare")
    body = Path(os.environ["BARE_BODY"]).read_bytes()

    @app.get("/api/project/<project>/seta/job-priorities/")
    def job_priorities(project):
        return Response(body, content_type="application/json")

    return app
