import pytest

from seta.cli.commands import run
from seta.cli.program import Program
from seta.config import Settings


class Cli:
    """Runs commands in this process, on one database; output as it was written."""

    def __init__(self, settings: Settings, capsys):
        self.settings = settings
        self._capsys = capsys
        self._programs = []

    def __call__(self, *arguments: str, **settings) -> tuple[int, str, str]:
        wanted = {"database_url": self.settings.database_url, **settings}
        program = Program(Settings(**wanted))
        self._programs.append(program)
        code = run([*arguments], program)
        written = self._capsys.readouterr()
        return code, written.out, written.err

    def good(self, *arguments: str, **settings) -> str:
        """Run a command that must succeed; return what it printed."""
        code, out, err = self(*arguments, **settings)
        assert code == 0, err
        return out

    def close(self):
        for program in self._programs:
            program.close()


@pytest.fixture
def make_cli(capsys):
    """Run commands on the database of this URL."""
    made = []

    def make(url: str) -> Cli:
        made.append(Cli(Settings(database_url=url), capsys))
        return made[-1]

    yield make
    for cli in made:
        cli.close()


@pytest.fixture
def seta(emptied, make_cli):
    return make_cli(emptied)


@pytest.fixture
def demo(make_database, demo_template, make_cli):
    """Runs commands on a database that holds the demo."""
    return make_cli(make_database(demo_template))
