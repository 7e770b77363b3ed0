"""The requests that clients send to SETA, made from what a scheduler knows about a push."""

import json
import os
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import quote

from .answers import NoAnswer

USER_AGENT = "seta-clients/1"
NO_PUSH = frozenset({"", "-1", "None"})  # cron tasks, and anything else that is not a push


@dataclass(frozen=True)
class Question:
    """One request; equal questions have equal answers within one decision."""

    method: str
    url: str
    params: tuple[tuple[str, str], ...] = ()
    body: str | None = None
    content_type: str = "application/json"
    token: str | None = field(default=None, repr=False)

    def headers(self) -> dict[str, str]:
        """Return all but the token.

        No answer may come from an intermediate cache, nor be compressed: a few bytes of a
        compressed one can be more than any limit.
        """
        headers = {"User-Agent": USER_AGENT, "Accept": "application/json",
                   "Accept-Encoding": "identity", "Cache-Control": "no-cache"}
        if self.body is not None:
            headers["Content-Type"] = self.content_type
        return headers


def schedule_question(
    project: str, push_id: str | int, revision: str, pushed_at: datetime | int | float, *,
    url: str | None, build_system: str, token: str | None, preview: bool,
) -> Question:
    """Return the request for a push's schedule; a preview leaves no trace in the ledger."""
    if str(push_id) in NO_PUSH:
        raise NoAnswer("the push has no id, so nothing is skipped on it")
    address = (f"{base_url(url)}/api/v1/projects/{quote(project, safe='')}"
               f"/pushes/{quote(str(push_id), safe='')}/schedule")
    push = {"revision": revision, "pushed_at": as_text(pushed_at), "build_system": build_system}
    token = token or os.environ.get("SETA_TOKEN")
    if preview:
        return Question("GET", address, params=(("preview", "1"), *push.items()), token=token)
    return Question("PUT", address, body=json.dumps(push), token=token)


def low_value_question(project: str, build_system: str, *, url: str | None) -> Question:
    return Question(
        "GET", f"{base_url(url)}/api/project/{quote(project, safe='')}/seta/job-priorities/",
        params=(("build_system_type", build_system), ("priority", "5")),
    )


def due_question(
    project: str, *, url: str | None, build_system: str, token: str | None = None,
) -> Question:
    """Return the request for what is owed on this project while no push comes."""
    return Question("GET", due_address(project, url),
                    params=(("build_system", build_system),), token=token)


def take_due_question(
    project: str, push_id: str, *, url: str | None, build_system: str, token: str | None,
) -> Question:
    """Return the request that tells SETA that the owed jobs now run on this push."""
    return Question("POST", due_address(project, url), token=token, body=json.dumps(
        {"build_system": build_system, "push_id": push_id}))


def due_address(project: str, url: str | None) -> str:
    return f"{base_url(url)}/api/v1/projects/{quote(project, safe='')}/due"


def audits_question(
    project: str, *, url: str | None, build_system: str, token: str | None = None,
) -> Question:
    """Return the request for what is to run for audits of regressions."""
    return Question("GET", audits_address(project, url),
                    params=(("build_system", build_system),), token=token)


def take_audits_question(
    project: str, push_id: str, *, url: str | None, build_system: str, token: str | None,
) -> Question:
    """Return the request that tells SETA that a push's jobs for audits start now."""
    return Question("POST", audits_address(project, url), token=token, body=json.dumps(
        {"build_system": build_system, "push_id": push_id}))


def audits_address(project: str, url: str | None) -> str:
    return f"{base_url(url)}/api/v1/projects/{quote(project, safe='')}/audits"


def results_question(lines: str, *, url: str | None, token: str | None) -> Question:
    """Return the request that sends records, one JSON object per line."""
    return Question("POST", f"{base_url(url)}/api/v1/results", body=lines,
                    content_type="application/x-ndjson", token=token)


def base_url(url: str | None) -> str:
    address = url or os.environ.get("SETA_URL")
    if not address:
        raise NoAnswer("no address of SETA is set (SETA_URL)")
    return address.rstrip("/")


def as_text(moment: datetime | int | float) -> str:
    """Spell a moment for the wire.

    >>> as_text(1580515200)
    '2020-02-01T00:00:00+00:00'
    """
    if not isinstance(moment, datetime):
        if not moment or moment < 0:
            raise NoAnswer(f"the push has no time ({moment!r}), so nothing is skipped on it")
        moment = datetime.fromtimestamp(moment, UTC)
    if moment.tzinfo is None:
        raise NoAnswer(f"the time of the push, {moment}, has no time zone")
    return moment.astimezone(UTC).isoformat()
