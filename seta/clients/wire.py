"""One exchange with SETA, whatever does the HTTP."""

import json
from dataclasses import dataclass, field

from .answers import NoAnswer

USER_AGENT = "seta-clients/1"
DEADLINE = 10.0          # seconds for a whole call, retries included
MAX_BYTES = 8_000_000    # 10,000 names of 100 characters, several times over
TRIES = 3
PAUSE = 0.25             # seconds before the second try, twice that before the third
WORTH_A_RETRY = frozenset({429, 500, 502, 503, 504})


@dataclass(frozen=True)
class Question:
    """One request; equal questions have equal answers for the life of a decision."""

    method: str
    url: str
    params: tuple[tuple[str, str], ...] = ()
    body: str | None = None
    content_type: str = "application/json"
    token: str | None = field(default=None, repr=False)

    def headers(self) -> dict[str, str]:
        """Return all but the token; no answer may come from a cache on the way."""
        headers = {"User-Agent": USER_AGENT, "Accept": "application/json",
                   "Cache-Control": "no-cache"}
        if self.body is not None:
            headers["Content-Type"] = self.content_type
        return headers


class Refused(NoAnswer):
    """SETA answered with an HTTP status that is no answer to what was asked."""

    def __init__(self, status: int, text: str, content_type: str = ""):
        super().__init__(f"HTTP {status}: {' '.join(text.split())[:300]}")
        self.status = status
        self.content_type = content_type


def parse(body: bytes) -> object:
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise NoAnswer(f"the answer is not JSON: {error}") from error


def one_line(error: Exception) -> str:
    """Return the reason as one line of a log, without anything that a terminal would obey."""
    text = str(error) if isinstance(error, NoAnswer) else f"{type(error).__name__}: {error}"
    return "".join(letter for letter in " ".join(text.split()) if letter.isprintable())
