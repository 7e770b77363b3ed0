"""Readers of one setting's text. Each raises ValueError that says what it expects."""

import re
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlsplit

from ..domain.limits import NAME
from ..domain.patterns import check_glob
from ..errors import BadInput

UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
YES = {"1", "true", "yes", "on"}
NO = {"0", "false", "no", "off"}


def text(value: str) -> str:
    return value


def switch(value: str) -> bool:
    """
    >>> switch("Yes")
    True
    """
    if value.lower() in YES | NO:
        return value.lower() in YES
    raise ValueError("yes or no")


def number(least: int, most: int) -> Callable[[str], int]:
    """
    >>> number(1, 10)("3")
    3
    """
    def read(value: str) -> int:
        if re.fullmatch(r"[0-9]{1,12}", value) and least <= int(value) <= most:
            return int(value)
        raise ValueError(f"a whole number from {least} to {most}")
    return read


def factor(least: float, most: float) -> Callable[[str], float]:
    """
    >>> factor(1, 10)("1.3")
    1.3
    """
    def read(value: str) -> float:
        if re.fullmatch(r"[0-9]{1,3}(\.[0-9]{1,6})?", value) and least <= float(value) <= most:
            return float(value)
        raise ValueError(f"a number from {least} to {most}, such as 1.3")
    return read


def percentage(value: str) -> float:
    """
    >>> percentage("30%")
    0.3
    """
    match = re.fullmatch(r"([0-9]{1,3})\s*%?", value)
    if match and int(match[1]) <= 100:
        return int(match[1]) / 100
    raise ValueError("a percentage from 0% to 100%, such as 30%")


def duration(value: str) -> timedelta:
    """
    >>> duration("36h")
    datetime.timedelta(days=1, seconds=43200)
    """
    match = re.fullmatch(r"([0-9]{1,6})\s*([smhd])", value)
    if match and int(match[1]) > 0:
        return timedelta(**{UNITS[match[2]]: int(match[1])})
    raise ValueError("a duration such as 90m, 36h or 7d")


def one_of(*words: str) -> Callable[[str], str]:
    def read(value: str) -> str:
        if value in words:
            return value
        raise ValueError("one of " + ", ".join(words))
    return read


def url(value: str) -> str:
    """
    >>> url("https://treeherder.mozilla.org/")
    'https://treeherder.mozilla.org'
    """
    parts = urlsplit(value)
    if parts.scheme in ("http", "https") and parts.hostname:
        return value.rstrip("/")
    raise ValueError("an address such as https://treeherder.mozilla.org")


def dask_address(value: str) -> str:
    """
    >>> dask_address("dask://cluster.example:8786")
    'dask://cluster.example:8786'
    """
    if re.fullmatch(r"dask://[A-Za-z0-9.-]+:[0-9]{1,5}", value):
        return value
    raise ValueError("the address of a Dask scheduler such as dask://host:8786")


def hours(value: str) -> tuple[int, ...]:
    """
    >>> hours("13, 1")
    (1, 13)
    """
    words = value.replace(" ", "").split(",")
    if all(re.fullmatch(r"[0-9]{1,2}", word) and int(word) < 24 for word in words):
        return tuple(sorted({int(word) for word in words}))
    raise ValueError("hours of the day in UTC such as 1,13")


def projects(value: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """
    >>> projects("autoland=taskcluster mozilla-inbound=buildbot+taskcluster")
    (('autoland', ('taskcluster',)), ('mozilla-inbound', ('buildbot', 'taskcluster')))
    """
    found: dict[str, tuple[str, ...]] = {}
    for word in value.replace(",", " ").split():
        match = re.fullmatch(rf"({NAME})=([a-z0-9_-]+(?:\+[a-z0-9_-]+)*)", word)
        if not match:
            raise ValueError("name=build_system or name=build_system+build_system, as in "
                             "\"autoland=taskcluster mozilla-inbound=buildbot+taskcluster\", not "
                             f"{word!r}")
        systems = tuple(match[2].split("+"))
        if match[1] in found or len(set(systems)) < len(systems):
            raise ValueError(f"each project, and each of its build systems, once; not {word!r}")
        found[match[1]] = systems
    return tuple(found.items())


def prices(value: str) -> tuple[tuple[str, float], ...]:
    """Return the price of a machine hour of each pool, a glob over platforms; "*" is the last.

    >>> prices("0.12, osx*=0.9")
    (('osx*', 0.9), ('*', 0.12))
    """
    expected = ("the price of a machine hour such as 0.12, and after it those of pools of "
                "platforms such as osx*=0.9")
    usual, *others = (word.strip() for word in value.split(","))
    found: dict[str, float] = {}
    for word in others:
        pool, has_price, price = word.partition("=")
        try:
            check_glob("the pool", pool)
        except BadInput as error:
            raise ValueError(f"{expected}; {error}") from error
        if not has_price or pool in found or pool == "*":
            raise ValueError(f"{expected}, each pool once; not {word!r}")
        found[pool] = _price(price, word, expected)
    return (*found.items(), ("*", _price(usual, usual, expected)))


def _price(text: str, word: str, expected: str) -> float:
    if not re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?", text):
        raise ValueError(f"{expected}; not {word!r}")
    return float(text)


def currency(value: str) -> str:
    """
    >>> currency("USD")
    'USD'
    """
    if re.fullmatch(r"[^\s\d.,-]{1,8}", value) and value.isprintable():
        return value
    raise ValueError("a currency or its sign, such as USD or $: at most 8 characters, no digits")


def token_hashes(value: str) -> tuple[tuple[str, str], ...]:
    """
    >>> token_hashes("ci=" + "0" * 64)[0][0]
    'ci'
    """
    found = []
    for word in value.replace(",", " ").split():
        match = re.fullmatch(r"([A-Za-z0-9._@-]+)=([0-9a-f]{64})", word)
        if not match:
            raise ValueError("name=hash pairs, where hash is the SHA-256 of the token in 64 "
                             "hexadecimal digits (`seta token` makes one)")
        found.append((match[1], match[2]))
    return tuple(found)


def database_url(value: str) -> str:
    """Return a PostgreSQL address in SQLAlchemy's form for psycopg2.

    SQLAlchemy refuses Heroku's ``postgres://``, and its 2.1 takes ``postgresql://`` for psycopg 3.
    Connections to another machine use TLS, unless the address says otherwise.

    >>> database_url("postgres://me:pw@db.example.com/seta")
    'postgresql+psycopg2://me:pw@db.example.com/seta?sslmode=require'
    """
    match = re.fullmatch(r"(?:postgres|postgresql|postgresql\+psycopg2)://(.*)", value, re.S)
    if not match:
        raise ValueError("an address such as postgresql://user:password@host/database")
    parts = urlsplit("postgresql://" + match[1])
    if parts.netloc.count("@") > 1:  # SQLAlchemy would take a part of it for the host
        raise ValueError("a password in which @ is written as %40")
    address = "postgresql+psycopg2://" + match[1]
    is_here = (parts.hostname or "localhost") in ("localhost", "127.0.0.1", "::1")
    if is_here or "sslmode=" in parts.query or "host=" in parts.query:
        return address
    return address + ("&" if parts.query else "?") + "sslmode=require"
