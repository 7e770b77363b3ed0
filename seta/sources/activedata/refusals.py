"""What ActiveData says when it refuses: its chain of exceptions as one sentence.

Every failure is a 400 with {template, params, cause}, the cause being of the same form, a list
of such, or absent; only template, params and cause are the same over its versions.
"""

import re
from http import HTTPStatus
from typing import Any

import msgspec

from seta.errors import SourceRefused

from ..http import Answer

VARIABLE = re.compile(r"\{\{\s*([^|}\s]+)[^}]*\}\}")  # {{name}}, {{name|json}}
LONGEST = 1000
DEEPEST = 20  # causes of causes


def refusal(answer: Answer, what: str) -> SourceRefused:
    """Return the error for an answer that is not good."""
    return SourceRefused(f"{what}: ActiveData answered {answer.status}: {reason(answer)}")


def reason(answer: Answer) -> str:
    """ActiveData's own words, or the start of the body where they cannot be made out."""
    if answer.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE and not answer.body.strip():
        return "the query is too large"
    try:
        chain = msgspec.json.decode(answer.body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return answer.excerpt or "nothing"
    said = "; caused by: ".join(messages(chain))
    return said[:LONGEST] or answer.excerpt


def messages(chain: Any, depth: int = 0) -> list[str]:
    """The messages of a chain of exceptions, the outermost first."""
    if depth > DEEPEST:
        return []
    if isinstance(chain, list):
        return [said for each in chain for said in messages(each, depth + 1)]
    if isinstance(chain, str):
        return [chain]
    if not isinstance(chain, dict):
        return []
    own = [render(chain.get("template"), chain.get("params"))]
    return [said for said in own if said] + messages(chain.get("cause"), depth + 1)


def render(template: Any, params: Any) -> str:
    """Fill a template in.

    >>> render("no column {{name|quote}} in {{table}}", {"name": "a.b", "table": {"id": 1}})
    'no column a.b in {"id":1}'
    """
    if not isinstance(template, str):
        return ""
    known = params if isinstance(params, dict) else {}
    return VARIABLE.sub(lambda match: shown(known, match[1], match[0]), template).strip()


def shown(params: dict, name: str, unknown: str) -> str:
    value = params.get(name, unknown)
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
