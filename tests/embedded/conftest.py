import pytest


@pytest.fixture
def home(make_home):
    """A home that holds a cluster, which is not running."""
    return make_home()


@pytest.fixture
def new_home(open_folder):
    """A home that does not exist yet."""
    return open_folder() / "home"
