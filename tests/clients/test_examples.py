"""The examples in the docstrings of the clients."""

import doctest
import importlib
import pkgutil

import pytest

from seta import clients

MODULES = sorted(each.name for each in pkgutil.walk_packages(clients.__path__, "seta.clients."))


@pytest.mark.parametrize("name", MODULES)
def test_examples_are_true(name):
    failed, _ = doctest.testmod(importlib.import_module(name))
    assert failed == 0
