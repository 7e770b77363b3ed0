"""The numbers of namespaces: results and classifications are stored by them, all else has names."""

from collections.abc import Collection

from sqlalchemy import ScalarSelect, bindparam, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import Text

from .. import schema

MAX_CACHED = 10_000  # namespaces in memory; beyond that they are read again

Namespace = schema.Namespace

ADD = text("""
    INSERT INTO namespaces (name)
    SELECT name FROM unnest(:names) AS wanted (name)
    WHERE name NOT IN (SELECT name FROM namespaces) ORDER BY name
""").bindparams(bindparam("names", type_=ARRAY(Text)))


class NamespaceIds:
    """The ids of namespaces, kept between batches."""

    def __init__(self) -> None:
        self._known: dict[str, int] = {}

    def resolve(self, session: Session, names: Collection[str]) -> dict[str, int]:
        """Store what is new and return the ids of all. The caller holds the lock."""
        if len(self._known) > MAX_CACHED:
            self._known.clear()
        new = sorted(name for name in names if name not in self._known)
        if new:
            session.execute(ADD, {"names": new})
            self._known |= namespace_ids(session, new)
        return {name: self._known[name] for name in names}

    def forget(self) -> None:
        self._known.clear()


def namespace_ids(session: Session, names: Collection[str]) -> dict[str, int]:
    """Return the ids of those namespaces that are stored."""
    found = session.execute(
        select(Namespace.name, Namespace.id).where(Namespace.name.in_(names)))
    return {name: number for name, number in found}


def namespace_id(name: str) -> ScalarSelect[int]:
    """The id of a namespace, for a query; NULL if nothing of it is stored."""
    return select(Namespace.id).where(Namespace.name == name).scalar_subquery()
