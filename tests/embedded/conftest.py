import pytest


@pytest.fixture
def home(open_folder):
    return open_folder() / "home"
