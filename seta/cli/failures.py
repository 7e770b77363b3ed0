"""An error of the database or of the system as one sentence that says what to do."""

import errno
import os

import psycopg2
from sqlalchemy import make_url
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from ..config import Settings
from ..errors import SetaError, StoreError

# What a command turns into a sentence; anything else is a defect of ours, and shows where it is.
EXPECTED = (SetaError, SQLAlchemyError, psycopg2.Error, OSError)
MIN_PASSWORD = 4  # a shorter one would be found in ordinary words

FREE_SPACE = "free some space on its disk, then run the command again"
OTHER_FOLDER = "choose a folder that can be written (SETA_HOME for SETA's own)"
START_DATABASE = "start PostgreSQL, or correct DATABASE_URL"
LATER = "run the command again later"

# By SQLSTATE, or the class that it begins with.
DATABASE_ADVICE = {
    "08": START_DATABASE,
    "25006": "DATABASE_URL names a copy that cannot be written: name the primary server",
    "28": "correct the user and the password in DATABASE_URL",
    "3D000": "create the database, or correct DATABASE_URL",
    "40": LATER,
    "42501": "grant the user of DATABASE_URL the rights, or name the owner of the tables",
    "42P01": "run `seta db upgrade`",
    "42703": "run `seta db upgrade`",
    "53100": FREE_SPACE,
    "53": "the server is short of resources: " + LATER,
    "55P03": "something else holds the lock: " + LATER,
    "57014": "it took too long and was canceled: " + LATER,
    "57": LATER,
    "58": "the server's log says more",
}
# By what the message says, where there is no code: connections that fail, and our own server.
WORDS_ADVICE = (
    ("No space left on device", FREE_SPACE),
    ("Disk quota exceeded", FREE_SPACE),
    ("Read-only file system", OTHER_FOLDER),
    ("authentication failed", DATABASE_ADVICE["28"]),
    ("no password supplied", DATABASE_ADVICE["28"]),
    ("does not exist", DATABASE_ADVICE["3D000"]),
    ("Connection refused", START_DATABASE),
    ("Is the server running", START_DATABASE),
    ("could not translate host name", "correct the host in DATABASE_URL"),
    ("too many clients", LATER),
    ("timeout expired", START_DATABASE),
)
SYSTEM_ADVICE = {
    errno.ENOSPC: FREE_SPACE,
    errno.EDQUOT: FREE_SPACE,
    errno.EROFS: OTHER_FOLDER,
    errno.EACCES: "run SETA as a user who may, or choose another place",
    errno.EPERM: "run SETA as a user who may, or choose another place",
    errno.EADDRINUSE: "stop the program that uses it, or set PORT to another number",
    errno.EMFILE: "raise the limit of open files (`ulimit -n`)",
}


def sentence(error: Exception, settings: Settings | None) -> str:
    """Return what went wrong and what to do, in one line, without the database's password."""
    if isinstance(error, OSError) and error.strerror:
        text, advice = _system(error)
    elif isinstance(error, (DBAPIError, psycopg2.Error)):
        text, advice = _database(error)
    elif isinstance(error, SQLAlchemyError):
        text, advice = f"the database failed: {error}", LATER
    else:
        text, advice = str(error), ""
        if isinstance(error, StoreError):
            advice = _by_words(text)
    text = " ".join(text.split())
    return _without_password(f"{text}: {advice}" if advice else text, settings)


def _system(error: OSError) -> tuple[str, str]:
    what = f"{os.fspath(error.filename)}: " if error.filename is not None else ""
    return (f"the system refused: {what}{error.strerror}",
            SYSTEM_ADVICE.get(error.errno or 0, ""))


def _database(error: DBAPIError | psycopg2.Error) -> tuple[str, str]:
    cause = error.orig if isinstance(error, DBAPIError) else error
    code = getattr(cause, "pgcode", None) or ""
    # The primary message has no excerpt of the statement; connections that fail have none.
    text = getattr(getattr(cause, "diag", None), "message_primary", None) or str(cause)
    advice = DATABASE_ADVICE.get(code) or DATABASE_ADVICE.get(code[:2]) or _by_words(text)
    return f"the database failed: {text}", advice


def _by_words(text: str) -> str:
    return next((advice for words, advice in WORDS_ADVICE if words in text), "")


def _without_password(text: str, settings: Settings | None) -> str:
    if settings is None or not settings.database_url:
        return text
    password = make_url(settings.database_url).password
    if password and len(password) >= MIN_PASSWORD:
        text = text.replace(password, "***")
    return text
