"""One tree of errors. Each message names the value that was wrong.

``api`` maps them to HTTP statuses, ``cli`` to exit codes.
"""


class SetaError(Exception):
    """Any error of SETA's own; the message is for a person."""


class BadInput(SetaError):
    """The input is wrong: HTTP 400, exit code 2."""


class BadSetting(BadInput):
    """A setting in the environment has a wrong value."""


class NotFound(SetaError):
    """There is nothing of that name: HTTP 404, exit code 1."""


class UnknownProject(NotFound):
    """SETA does not cover this project."""


class UnknownScope(NotFound):
    """There is no such scope."""


class Conflict(SetaError):
    """It contradicts what is stored: HTTP 409, exit code 1."""


class NotAllowed(SetaError):
    """No token, or the wrong one: HTTP 401."""


class CannotAnswer(SetaError):
    """There is no good answer now, so everything runs: HTTP 503."""


class NoSnapshot(CannotAnswer):
    """No snapshot of the scope has been published yet."""


class StaleData(CannotAnswer):
    """The data, or the snapshot, is older than it may be."""


class SwitchedOff(CannotAnswer):
    """A kill switch is set."""


class TooLong(CannotAnswer):
    """It takes longer than a web request may; the command of the same name has no such limit."""


class NothingToAnalyze(SetaError):
    """There are no regressions to decide on, so nothing is decided."""


class StoreError(SetaError):
    """The database is unreachable, or has another version of the tables."""


class SourceError(SetaError):
    """A source failed, which is not the same as an empty answer."""


class SourceUnavailable(SourceError):
    """A source did not answer, or is overloaded: trying later may help."""


class SourceTooSlow(SourceUnavailable):
    """A source did not finish an answer in time, or broke it off: asking for less may help."""


class SourceRefused(SourceError):
    """A source refused a query: asking the same again never helps."""


class SourceGarbled(SourceError):
    """A source's answer does not have the expected format."""


class RowLimitReached(SourceError):
    """An answer was cut at the source's row limit: the slice must be split."""
