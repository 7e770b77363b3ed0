"""Requests that a script answers in this process: a hundred times as fast as over a socket.

All of `Http` but its retries is in use.
"""

from io import BytesIO

from requests import PreparedRequest, Response
from requests.adapters import BaseAdapter
from urllib3 import HTTPResponse

from seta.sources.http import Http, HttpOptions

from .scripted import Request, Script

URL = "http://in-process.invalid"


class ScriptAdapter(BaseAdapter):
    def __init__(self, script: Script):
        super().__init__()
        self.script = script

    def send(self, request: PreparedRequest, **options) -> Response:
        reply = self.script(Request(
            request.method, request.path_url, dict(request.headers), request.body or b""))
        response = Response()
        response.status_code = reply.status
        response.request, response.url = request, request.url
        response.raw = HTTPResponse(
            BytesIO(reply.body), {"Content-Type": reply.content_type}, reply.status,
            preload_content=False)
        return response

    def close(self):
        pass


def http_to(script: Script) -> Http:
    """An Http whose every request the script answers."""
    http = Http(HttpOptions())
    for session in (http._session, http._session_500):
        session.mount(URL, ScriptAdapter(script))
    return http
