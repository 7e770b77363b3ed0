"""The examples in the docstrings run."""

import doctest
import importlib
import pkgutil

import pytest

import seta.sources

MODULES = ["seta.sources.protocol", *(
    each.name for each in pkgutil.walk_packages(seta.sources.__path__, "seta.sources."))]


@pytest.mark.parametrize("name", sorted(set(MODULES)))
def test_the_examples_of_a_module_are_true(name):
    assert doctest.testmod(importlib.import_module(name)).failed == 0
