"""One regression shows on every tree it is merged to: which alerts are copies of which."""

from collections import defaultdict
from collections.abc import Callable, Iterable

Alert = dict[str, str]


def culprit_of(alerts: Iterable[Alert], known: set[str]) -> Callable[[Alert], str]:
    """Return a function that gives an alert's culprit: the revision that it is a copy of.

    A person's ``duplicate`` counts before the program's ``mergedfrom``; a revision that no alert
    has (typing errors, bug numbers) is passed over. Where all alerts of the original are copies
    of one other revision, that is followed in turn. An alert with neither mark is its own.
    """
    marks = defaultdict(set)
    for alert in alerts:
        marks[alert["keyrevision"]].add(_marked(alert, known))
    copies = {revision: originals.pop() for revision, originals in marks.items()
              if len(originals) == 1}
    return lambda alert: _follow(_marked(alert, known), copies)


def _marked(alert: Alert, known: set[str]) -> str:
    for field in ("duplicate", "mergedfrom"):
        if alert[field] in known:
            return alert[field]
    return alert["keyrevision"]


def _follow(revision: str, copies: dict[str, str]) -> str:
    seen = {revision}
    while (original := copies.get(revision, revision)) not in seen:
        seen.add(original)
        revision = original
    return revision
