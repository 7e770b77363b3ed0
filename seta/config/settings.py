"""Every setting: variable, type, default and description. Read once, at start."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import Field, dataclass, field, fields
from datetime import timedelta
from pathlib import Path
from typing import Any

from ..domain import COVER, FILES, LIVE_SOURCES, OBJECTIVES, Prices
from ..errors import BadSetting
from . import readers

ALL_ADDRESSES = "0.0.0.0"


def setting(
    variable: str, read: Callable[[str], Any], default: str, description: str, *,
    is_secret: bool = False,
) -> Any:
    """Return a field of Settings; its default is written as in the environment."""
    value = read(default) if default else _empty(read)
    return field(default=value, repr=not is_secret, metadata={
        "variable": variable, "read": read, "default": default, "description": description,
        "is_secret": is_secret,
    })


def _empty(read: Callable[[str], Any]) -> str | tuple[()]:
    return () if read in (readers.projects, readers.token_hashes, readers.prices) else ""


@dataclass(frozen=True)
class Settings:
    """What the operator decides; nothing but `from_environment` reads the environment."""

    database_url: str = setting(
        "DATABASE_URL", readers.database_url, "",
        "The PostgreSQL database to use; if unset, SETA starts an embedded one of its own.",
        is_secret=True)
    home: str = setting(
        "SETA_HOME", readers.text, ".seta",
        "The folder for the embedded PostgreSQL's data and the local token.")
    postgres_bin: str = setting(
        "SETA_POSTGRES_BIN", readers.text, "",
        "The folder with the server programs (initdb, pg_ctl, postgres) for the embedded "
        "PostgreSQL; if unset, SETA looks for them.")
    host: str = setting(
        "SETA_HOST", readers.text, "127.0.0.1",
        "The address that `seta serve` listens on; where PORT or DYNO is set, the default is "
        "0.0.0.0: all addresses, as a platform's router expects.")
    port: int = setting(
        "PORT", readers.number(1, 65535), "8000", "The port that `seta serve` listens on.")
    web_processes: int = setting(
        "WEB_CONCURRENCY", readers.number(1, 64), "2",
        "The number of web processes of `seta serve`.")
    web_threads: int = setting(
        "SETA_WEB_THREADS", readers.number(1, 64), "6",
        "The number of threads in each web process; where there are three or more, one never waits "
        "for the database.")
    log_level: str = setting(
        "SETA_LOG_LEVEL", readers.one_of("DEBUG", "INFO", "WARNING", "ERROR"), "INFO",
        "The least severe level of the log lines that are written.")
    tokens: tuple[tuple[str, str], ...] = setting(
        "SETA_TOKENS", readers.token_hashes, "",
        "Who may write: name=hash pairs, where hash is the SHA-256 of that person's token.",
        is_secret=True)
    is_killed: bool = setting(
        "SETA_KILL", readers.switch, "no",
        "The global kill switch: if yes, every client of every project runs everything.")
    projects: tuple[tuple[str, tuple[str, ...]], ...] = setting(
        "SETA_PROJECTS", readers.projects, "",
        "Projects to add at start if they are not known yet: name=build_system pairs, with + "
        "between several build systems; SETA_SOURCE feeds them.")
    source: str = setting(
        "SETA_SOURCE", readers.one_of(*LIVE_SOURCES, "none"), "activedata",
        "The source of projects that are added without one; none: files and posted results.")
    activedata_url: str = setting(
        "SETA_ACTIVEDATA_URL", readers.url, "https://activedata.allizom.org",
        "The ActiveData service, without /query.")
    activedata_table: str = setting(
        "SETA_ACTIVEDATA_TABLE", readers.text, "treeherder",
        "The ActiveData table that has one row for each job.")
    activedata_limit: int = setting(
        "SETA_ACTIVEDATA_LIMIT", readers.number(2, 1_000_000), "10000",
        "The number of rows at which ActiveData cuts off an answer.")
    treeherder_url: str = setting(
        "SETA_TREEHERDER_URL", readers.url, "https://treeherder.mozilla.org",
        "The Treeherder service.")
    taskcluster_url: str = setting(
        "SETA_TASKCLUSTER_URL", readers.url, "https://firefox-ci-tc.services.mozilla.com",
        "The Taskcluster deployment whose index has each project's newest decision task.")
    contact: str = setting(
        "SETA_CONTACT", readers.text, "",
        "An e-mail address that SETA sends to its sources with every request (the From header).")
    ingest_hours: tuple[int, ...] = setting(
        "SETA_INGEST_HOURS", readers.hours, "1,13", "The hours (UTC) at which the worker ingests.")
    ingest_overlap: timedelta = setting(
        "SETA_INGEST_OVERLAP", readers.duration, "1h",
        "How far before its watermark an ingest starts, because sources report late.")
    ingest_slice: timedelta = setting(
        "SETA_INGEST_SLICE", readers.duration, "4h",
        "How much time one request to a source covers.")
    window: timedelta = setting(
        "SETA_WINDOW", readers.duration, "90d", "How far back regressions count, by push time.")
    redundancy: int = setting(
        "SETA_REDUNDANCY", readers.number(1, 10), "1",
        "For new scopes: how many chosen job types should catch each regression, where that many "
        "can.")
    budget: float = setting(
        "SETA_BUDGET", readers.factor(1, 10), "1.0",
        "For new scopes: the machine time of the chosen jobs, as a multiple of what the cheapest "
        "set costs that catches every regression; what is above 1.0 goes to the jobs that are "
        "expected to catch most.")
    objective: str = setting(
        "SETA_OBJECTIVE", readers.one_of(*OBJECTIVES), COVER,
        "For new scopes: cover keeps a witness of every regression of the window; expected spends "
        "the same machine time on what is expected to catch most, where a backtest shows that it "
        "loses nothing.")
    change_price: float = setting(
        "SETA_CHANGE_PRICE", readers.factor(1, 10), "1.0",
        "For new scopes: the price for change. A job type is chosen in place of one that the "
        "published set has only where it would be cheaper at this many times its cost; 1.0: off.")
    weigh_witnesses: bool = setting(
        "SETA_WEIGH_WITNESSES", readers.switch, "yes",
        "Whether a witness that passed again before the fix, or often fails by chance, needs "
        "another beside it; if no, every star counts alike.")
    audit: float = setting(
        "SETA_AUDIT", readers.percentage, "25%",
        "The share of the regressions found that are drawn to have everything run on their guilty "
        "push, so that it is known what other sets would have caught; 0%: none.")
    node_limit: int = setting(
        "SETA_NODE_LIMIT", readers.number(1, 100_000_000), "2000",
        "The solver's work limit, in nodes of its search: minutes on the hardest problems.")
    time_limit: timedelta = setting(
        "SETA_TIME_LIMIT", readers.duration, "15m",
        "The solver's time limit, in case its nodes take far too long.")
    parallel: str = setting(
        "SETA_PARALLEL", readers.dask_address, "",
        "Where the cut-offs of a backtest are worked on: the address of a Dask scheduler such as "
        "dask://host:8786; if unset, processes of this machine.")
    max_change: float = setting(
        "SETA_MAX_CHANGE", readers.percentage, "30%",
        "A snapshot is held back if it moves more than this share of the job types between "
        "high and low value.")
    promote_days: int = setting(
        "SETA_PROMOTE_DAYS", readers.number(0, 365), "14",
        "For how many days after a miss was found a job that shows it runs on every push; "
        "0: never.")
    price: tuple[tuple[str, float], ...] = setting(
        "SETA_PRICE", readers.prices, "",
        "The price of a machine hour, and after it those of pools of platforms, as in "
        "0.12,osx*=0.9; if unset, costs are shown as machine time only.")
    currency: str = setting(
        "SETA_CURRENCY", readers.currency, "USD",
        "The currency of SETA_PRICE, or its sign.")
    stale_after: timedelta = setting(
        "SETA_STALE_AFTER", readers.duration, "36h",
        "How long after a project's last successful ingest its clients start to run everything.")
    snapshot_max_age: timedelta = setting(
        "SETA_SNAPSHOT_MAX_AGE", readers.duration, "7d",
        "How old the published snapshot's as-of may be before its clients run everything.")
    retention: timedelta = setting(
        "SETA_RETENTION", readers.duration, "200d",
        "How old a push may be before its live results are pruned; the daily rollup stays.")
    never_ran_after: timedelta = setting(
        "SETA_NEVER_RAN_AFTER", readers.duration, "12h",
        "How long SETA waits for a scheduled job's result, in push time: once it has results "
        "from this much later, the job counts as never run and is owed.")
    writes_per_minute: int = setting(
        "SETA_WRITES_PER_MINUTE", readers.number(1, 1_000_000), "600",
        "How many writes a token may make per minute, in all web processes together; clients "
        "without a good token are counted by address.")
    proxies: int = setting(
        "SETA_PROXIES", readers.number(0, 10), "0",
        "How many proxies are in front of `seta serve`, one after the other: that many entries "
        "of X-Forwarded-For are believed. Where DYNO is set, the default is 1: Heroku's router.")
    max_body: int = setting(
        "SETA_MAX_BODY", readers.number(1_000, 1_000_000_000), "16000000",
        "The largest request body, in bytes.")

    @property
    def project_source(self) -> str:
        """The source of a project that is added without one."""
        return self.source if self.source in LIVE_SOURCES else FILES

    @property
    def prices(self) -> Prices | None:
        return Prices(self.price, self.currency) if self.price else None

    @property
    def long_requests(self) -> int:
        """How many threads of a web process may be busy with what takes long."""
        return max(1, self.web_threads // 4)

    @property
    def database_threads(self) -> int:
        """How many threads of a web process may be in the database for a short request."""
        return max(1, self.web_threads - self.long_requests - 1)

    @property
    def home_path(self) -> Path:
        return Path(self.home).expanduser().absolute()


def setting_fields() -> Iterator[Field[Any]]:
    """Return the settings in the order of the documentation."""
    return iter(fields(Settings))


def from_environment(environment: Mapping[str, str]) -> Settings:
    """Read all settings; an empty variable counts as unset.

    Raises BadSetting that names the variable, its value and what is expected.
    """
    given = {name: value.strip() for name, value in environment.items() if value.strip()}
    given = _platform_defaults(given) | given
    found = {}
    for each in fields(Settings):
        variable = each.metadata["variable"]
        value = given.get(variable)
        if value:
            found[each.name] = _read(each, variable, value)
    return Settings(**found)


def _platform_defaults(given: Mapping[str, str]) -> dict[str, str]:
    """Return the defaults on a platform that assigns the port (PORT) or that is Heroku (DYNO)."""
    defaults = {}
    if "PORT" in given or "DYNO" in given:
        defaults["SETA_HOST"] = ALL_ADDRESSES
    if "DYNO" in given:
        defaults["SETA_PROXIES"] = "1"
    return defaults


def _read(each: Field[Any], variable: str, value: str) -> Any:
    try:
        return each.metadata["read"](value)
    except ValueError as error:
        shown = "(hidden)" if each.metadata["is_secret"] else repr(value)
        raise BadSetting(f"{variable} is {shown}; expected {error}") from error
