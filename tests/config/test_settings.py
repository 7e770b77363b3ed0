"""Settings are read once, and a wrong one stops the start."""

import doctest
from datetime import timedelta

import pytest

from seta.config import Settings, setting_fields, from_environment, readers
from seta.domain import prices as price_list
from seta.errors import BadSetting


def test_nothing_set_gives_the_defaults():
    assert from_environment({}) == Settings()
    assert from_environment({"PORT": " "}).port == 8000


@pytest.mark.parametrize("given, host, proxies", [
    pytest.param({}, "127.0.0.1", 0, id="on a desk"),
    pytest.param({"PORT": "80"}, "0.0.0.0", 0, id="a platform that assigns the port"),
    pytest.param({"PORT": " "}, "127.0.0.1", 0, id="an empty PORT"),
    pytest.param({"DYNO": "web.1", "PORT": "80"}, "0.0.0.0", 1, id="Heroku"),
    pytest.param({"DYNO": "web.1", "SETA_HOST": "::", "SETA_PROXIES": "2"}, "::", 2,
                 id="what is set counts"),
])
def test_a_platform_has_its_own_defaults(given, host, proxies):
    found = from_environment(given)
    assert (found.host, found.proxies) == (host, proxies)


@pytest.mark.parametrize("variable, value, field, expected", [
    pytest.param("SETA_STALE_AFTER", "90m", "stale_after", timedelta(minutes=90), id="span"),
    pytest.param("SETA_MAX_CHANGE", "12%", "max_change", 0.12, id="percentage"),
    pytest.param("SETA_BUDGET", "1.3", "budget", 1.3, id="factor"),
    pytest.param("SETA_KILL", "on", "is_killed", True, id="switch"),
    pytest.param("SETA_INGEST_HOURS", "13,1", "ingest_hours", (1, 13), id="hours"),
    pytest.param("SETA_PROJECTS", "try=a+b, x=taskcluster", "projects",
                 (("try", ("a", "b")), ("x", ("taskcluster",))), id="projects"),
    pytest.param("SETA_PRICE", "0.12, osx*=0.9,win*=0", "price",
                 (("osx*", 0.9), ("win*", 0.0), ("*", 0.12)), id="prices"),
    pytest.param("SETA_CURRENCY", "€", "currency", "€", id="currency"),
    pytest.param("DATABASE_URL", "postgres://u:p@h:5/d", "database_url",
                 "postgresql+psycopg2://u:p@h:5/d?sslmode=require", id="Heroku's address"),
    pytest.param("DATABASE_URL", "postgresql://u@localhost/d", "database_url",
                 "postgresql+psycopg2://u@localhost/d", id="this machine needs no TLS"),
    pytest.param("DATABASE_URL", "postgresql:///d?host=/run/pg", "database_url",
                 "postgresql+psycopg2:///d?host=/run/pg", id="a socket needs no TLS"),
    pytest.param("DATABASE_URL", "postgresql://h/d?sslmode=disable", "database_url",
                 "postgresql+psycopg2://h/d?sslmode=disable", id="TLS as the address says"),
])
def test_a_value_is_read_by_its_type(variable, value, field, expected):
    assert getattr(from_environment({variable: value}), field) == expected


@pytest.mark.parametrize("variable, value", [
    ("PORT", "0"), ("PORT", "http"), ("PORT", "65536"), ("SETA_STALE_AFTER", "36"),
    ("SETA_STALE_AFTER", "0h"), ("SETA_MAX_CHANGE", "101%"), ("SETA_MAX_CHANGE", "0.3"),
    ("SETA_KILL", "maybe"), ("SETA_LOG_LEVEL", "LOUD"), ("SETA_INGEST_HOURS", "24"),
    ("SETA_PROJECTS", "a=x b/c=x"), ("SETA_PROJECTS", "a=x a=y"), ("SETA_PROJECTS", "a=x+x"),
    ("SETA_SOURCE", "ftp"), ("SETA_ACTIVEDATA_URL", "activedata"),
    ("SETA_PRICE", "osx*=0.9"), ("SETA_PRICE", "0.1,osx*"), ("SETA_PRICE", "0.1,osx*=a"),
    ("SETA_PRICE", "-1"), ("SETA_PRICE", "0.1,=1"), ("SETA_PRICE", "0.1,a b=1"),
    ("SETA_PRICE", "0.1,osx*=1,osx*=2"), ("SETA_PRICE", "0.1,*=1"), ("SETA_PRICE", "1 EUR"),
    ("SETA_CURRENCY", "US dollars"), ("SETA_CURRENCY", "12"),
    ("SETA_REDUNDANCY", "0"), ("SETA_BUDGET", "0.9"), ("SETA_BUDGET", "nan"),
    ("SETA_OBJECTIVE", "best"), ("SETA_ACTIVEDATA_LIMIT", "-1"),
])
def test_a_wrong_value_is_named_with_what_is_expected(variable, value):
    """R73: settings are checked by type."""
    with pytest.raises(BadSetting) as caught:
        from_environment({variable: value})
    assert variable in str(caught.value)
    assert repr(value) in str(caught.value)
    assert "; expected " in str(caught.value)


@pytest.mark.parametrize("value, word", [
    pytest.param("autoland taskcluster", "autoland", id="a space for the equals sign"),
    pytest.param("autoland=taskcluster try", "try", id="a name alone"),
    pytest.param("autoland=", "autoland=", id="no build system"),
    pytest.param("autoland=buildbot+", "autoland=buildbot+", id="half a list"),
    pytest.param("=taskcluster", "=taskcluster", id="no name"),
])
def test_a_build_system_never_becomes_a_project(value, word):
    """'autoland taskcluster' once made a project named taskcluster."""
    with pytest.raises(BadSetting, match="expected name=build_system or name=build_system.bu") as e:
        from_environment({"SETA_PROJECTS": value})
    assert str(e.value).endswith(f"not {word!r}")


@pytest.mark.parametrize("source, expected", [
    ("activedata", "activedata"), ("treeherder", "treeherder"), ("none", "files")])
def test_the_setting_says_which_source_feeds_a_new_project(source, expected):
    assert from_environment({"SETA_SOURCE": source}).project_source == expected


def test_the_first_pool_that_matches_a_platform_sets_its_price():
    prices = from_environment({"SETA_PRICE": "0.12,osx*=0.9,osx-10-14=2"}).prices
    assert [prices.of(each) for each in ("linux64", "osx-10-14")] == [0.12, 0.9]
    assert prices.of_time("osx-10-10", 1_800_000) == pytest.approx(0.45)
    assert from_environment({}).prices is None


def test_a_password_that_would_be_taken_for_a_host_is_refused_and_not_shown():
    with pytest.raises(BadSetting, match="%40") as caught:
        from_environment({"DATABASE_URL": "postgres://me:hun@ter2@db/x"})
    assert "ter2" not in str(caught.value)


@pytest.mark.parametrize("variable", ["DATABASE_URL", "SETA_TOKENS"])
def test_a_secret_is_never_shown(variable):
    with pytest.raises(BadSetting) as caught:
        from_environment({variable: "mysql://me:hunter2@db"})
    assert "hunter2" not in str(caught.value)
    secret = from_environment({"DATABASE_URL": "postgres://me:hunter2@db/x"})
    assert "hunter2" not in repr(secret)


def test_every_setting_has_a_variable_and_a_description():
    for each in setting_fields():
        assert each.metadata["variable"].isupper()
        assert each.metadata["description"].endswith(".")


def test_the_examples_in_the_docstrings_run():
    assert doctest.testmod(readers).failed == doctest.testmod(price_list).failed == 0
