"""Routes that are compiled once in a process, however many apps its tests build.

werkzeug writes and compiles two functions for every route of every app, which is nearly all that
building an app costs. They depend on the route alone, so apps can share them.
"""

from apiflask import APIFlask
from werkzeug.routing import Rule

_builders = {}


class KnownRule(Rule):
    """A rule that takes the functions that build its URLs from an equal one, if there was one."""

    def _compile_builder(self, append_unknown=True):
        if self.defaults:    # part of the function, as the converters that write them are
            return super()._compile_builder(append_unknown)
        key = self.rule, tuple(self._trace), append_unknown
        if key not in _builders:
            _builders[key] = super()._compile_builder(append_unknown)
        return _builders[key]


def compile_routes_once() -> None:
    APIFlask.url_rule_class = KnownRule
