"""The examples in the docstrings run."""

import doctest
import importlib
import pkgutil

import pytest

import seta.api.v1
import seta.scheduling
from seta.store import job_pages

MODULES = [job_pages, *(
    importlib.import_module(f"{package.__name__}.{found.name}")
    for package in (seta.scheduling, seta.api.v1)
    for found in pkgutil.iter_modules(package.__path__))]
WITH_EXAMPLES = [module for module in MODULES
                 if any(test.examples for test in doctest.DocTestFinder().find(module))]


@pytest.mark.parametrize("module", WITH_EXAMPLES, ids=lambda module: module.__name__)
def test_the_examples_run(module):
    assert doctest.testmod(module).failed == 0
