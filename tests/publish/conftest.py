"""Evidence, settings, and what is published of them."""

import pytest
from publish.made_evidence import Evidence

from seta.config import Settings


@pytest.fixture
def evidence(sessions):
    return Evidence(sessions)


@pytest.fixture
def trunk(evidence):
    """Evidence of the default scope with one Taskcluster project, autoland."""
    return evidence.scope().project()


@pytest.fixture
def settings():
    return Settings()
