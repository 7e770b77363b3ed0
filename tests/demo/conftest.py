import csv
from pathlib import Path

import pytest

CUTS = Path(__file__).parents[1] / "data" / "demo"


@pytest.fixture(scope="session")
def cuts():
    """The folder with small cuts of the raw rows."""
    return CUTS


@pytest.fixture(scope="session")
def alerts(cuts):
    with (cuts / "alerts_cut.csv").open(newline="", encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


@pytest.fixture(scope="session")
def rows(cuts):
    with (cuts / "fbc_cut.csv").open(newline="", encoding="utf-8") as lines:
        return list(csv.DictReader(lines))
