"""Apps whose rules share what they compiled build the same URLs as others."""

import pytest
from known_rules import KnownRule
from sqlalchemy.orm import sessionmaker
from werkzeug.routing import IntegerConverter, Map, Rule

from seta.config import Settings
from seta.wsgi import build_app


def urls(rule):
    values = {name: 7 if isinstance(converter, IntegerConverter) else "a b/c?ü"
              for name, converter in rule._converters.items()}
    rest = {"limit": "1 & 2"}
    return rule.build(values), rule.build(values | rest), rule.build(values | rest, False)


def test_every_route_builds_the_urls_of_one_compiled_for_itself():
    build_app(Settings(), sessionmaker())
    rules = list(build_app(Settings(), sessionmaker()).url_map.iter_rules())
    assert len(rules) > 50
    for rule in rules:
        assert type(rule) is KnownRule
        alone = Rule(rule.rule, endpoint=rule.endpoint, methods=rule.methods)
        Map([alone])
        assert urls(rule) == urls(alone), rule


@pytest.mark.parametrize("first, second, value, expected", [
    ("/x/<name>", "/y/<name>", "a", "/y/a"),
    ("/<name>", "/<int(fixed_digits=3):name>", 7, "/007"),
])
def test_no_route_takes_the_urls_of_another(first, second, value, expected):
    Map([KnownRule(first, endpoint="first")])
    rule = KnownRule(second, endpoint="second")
    Map([rule])
    assert rule.build({"name": value}) == ("", expected)
