"""Batches into the store, each in a transaction of its own."""

import logging
from collections.abc import Callable, Sequence

from psycopg2.errors import ForeignKeyViolation
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, sessionmaker

from ..domain import JobResult
from ..store.names import NameIds
from ..store.results import ResultWriter, StoredCounts

logger = logging.getLogger(__name__)

Work = Callable[[Session], None]


class Saver:
    """Stores batch after batch; what it learns of pushes and names serves the next one."""

    def __init__(self, sessions: sessionmaker[Session]):
        self._sessions = sessions
        self._writer = ResultWriter()

    @property
    def names(self) -> NameIds:
        return self._writer.names

    def save(
        self, results: Sequence[JobResult], *, before: Work | None = None,
        after: Work | None = None,
    ) -> StoredCounts:
        """Store results and commit, together with what `before` and `after` do.

        Where another program removed a push that was known here, all is done once more, without
        what was remembered.
        """
        try:
            return self._save(results, before, after)
        except IntegrityError as error:
            if not isinstance(error.orig, ForeignKeyViolation):
                raise
            logger.info("a push or name went meanwhile, the batch is stored anew: %s", error.orig)
        return self._save(results, before, after)

    def _save(
        self, results: Sequence[JobResult], before: Work | None, after: Work | None
    ) -> StoredCounts:
        try:
            with self._sessions.begin() as session:
                if before is not None:
                    before(session)
                counts = self._writer.store(session, results)
                if after is not None:
                    after(session)
                return counts
        except BaseException:
            self._writer.forget()
            raise
