"""The root command. Each command is a file, imported when it is used."""

import importlib
import logging
import os
import sys

import click

from .. import __version__
from ..config import Settings, from_environment
from ..errors import BadInput, BadSetting
from .failures import EXPECTED, sentence
from .program import Program

logger = logging.getLogger(__name__)

# In the order in which a newcomer needs them. `worker` is a program of its own, so it is named
# here and not imported.
COMMANDS = {
    "demo": ("seta.cli.demo:demo", "Load the built-in real data and analyze it."),
    "serve": ("seta.cli.serve:serve", "Serve the pages and the API."),
    "worker": ("seta.worker.command:worker", "Ingest, analyze and prune on a schedule."),
    "projects": ("seta.cli.projects:projects", "List, add and change projects."),
    "scopes": ("seta.cli.scopes:scopes", "List scopes, and change how they decide."),
    "ingest": ("seta.cli.ingest:ingest", "Ingest job results from a source."),
    "import": ("seta.cli.import_:import_", "Import job results and job lists from files."),
    "analyze": ("seta.cli.analyze:analyze", "Compute the cheapest set of job types."),
    "snapshots": ("seta.cli.snapshots:snapshots",
                  "List, compare, publish and roll back snapshots."),
    "jobs": ("seta.cli.jobs:jobs", "List a project's job names, with priority and reason."),
    "overrides": ("seta.cli.overrides:overrides", "Set priorities by hand, for a reason."),
    "renames": ("seta.cli.renames:renames", "Carry history over to new names."),
    "classify": ("seta.cli.classify:classify", "Classify a failed job."),
    "export": ("seta.cli.export:export", "Write a project's priorities to a file."),
    "backtest": ("seta.cli.backtest:backtest",
                 "Try past decisions on the regressions that came after them."),
    "misses": ("seta.cli.misses:misses",
               "List regressions that pushes let in, and who could catch them."),
    "what-if": ("seta.cli.what_if:what_if",
                "Show what other settings would have cost and caught."),
    "simulate": ("seta.cli.simulate:simulate",
                 "Write the history of a made-up CI whose truth is known."),
    "doctor": ("seta.cli.doctor:doctor", "Ask a server the way a client does."),
    "token": ("seta.cli.token:token", "Make a token for writing to the API."),
    "db": ("seta.cli.db:db", "Migrate the database."),
}


class Commands(click.Group):
    """A group whose commands are loaded when they are needed, so that --help is quick."""

    def list_commands(self, context: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        module, attribute = COMMANDS[name][0].split(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, summary) in COMMANDS.items()])


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="seta")
@click.pass_context
def cli(context: click.Context) -> None:
    """SETA finds which CI jobs catch regressions, and which can run less often.

    For a first look with built-in real data: `seta demo`, then `seta serve`. Settings come from
    the environment; without DATABASE_URL, SETA starts an embedded PostgreSQL.
    """
    if context.obj is None:
        context.obj = Program(from_environment(os.environ))


def run(arguments: list[str] | None = None, program: Program | None = None) -> int:
    """Run the command; return its exit code, with the reason of a failure on stderr.

    With SETA_LOG_LEVEL=DEBUG the log also shows where an error was raised.
    """
    try:
        code = cli.main(arguments, prog_name="seta", standalone_mode=False, obj=program) or 0
        sys.stdout.flush()
        return int(code)
    except BrokenPipeError:
        # Whoever read our output has had enough, as `head` does.
        _drop_output()
        return 1
    except EXPECTED as error:
        _drop_output()
        logger.debug("the command failed", exc_info=error)
        return _fail(sentence(error, _settings(program)), 2 if isinstance(error, BadInput) else 1)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        return 2
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except click.Abort:
        return _fail("interrupted", 1)


def _drop_output() -> None:
    """Write what is left of the output if it can be written; Python would try at its end."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _settings(program: Program | None) -> Settings | None:
    """Return what names the database whose password is not shown."""
    try:
        return from_environment(os.environ) if program is None else program.settings
    except BadSetting:
        return None


def _fail(reason: object, code: int) -> int:
    click.echo(f"seta: {reason}", err=True)
    return code


if __name__ == "__main__":
    sys.exit(run())
