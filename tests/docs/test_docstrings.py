"""The examples in the docstrings run."""

import doctest
import importlib
import pkgutil

import pytest

import seta.api.v1
import seta.curation
import seta.ledger
from seta.store.snapshots import jobs

MODULES = [jobs, *(
    importlib.import_module(f"{package.__name__}.{found.name}")
    for package in (seta.ledger, seta.curation, seta.api.v1)
    for found in pkgutil.iter_modules(package.__path__))]
WITH_EXAMPLES = [module for module in MODULES
                 if any(test.examples for test in doctest.DocTestFinder().find(module))]


@pytest.mark.parametrize("module", WITH_EXAMPLES, ids=lambda module: module.__name__)
def test_the_examples_run(module):
    assert doctest.testmod(module).failed == 0
