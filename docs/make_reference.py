"""Write command-line.md from the commands' own help: `python docs/make_reference.py`."""

from pathlib import Path

import click

from seta.cli.commands import COMMANDS, cli

HEAD = """# Commands

`seta COMMAND --help` says the same. Exit codes: 0 done, 1 failed, 2 bad usage. Results go to
standard output, the log and progress to standard error. `--json` is for programs: times are
ISO 8601 in UTC, durations in seconds, costs in whole milliseconds unless the unit says jobs.
"""


def reference() -> str:
    """Return the page, a section for each command in the order of `seta --help`."""
    parts = [HEAD]
    root = click.Context(cli, info_name="seta", **cli.context_settings)
    for name in COMMANDS:
        parts += sections(cli.get_command(root, name), click.Context(
            cli.get_command(root, name), info_name=name, parent=root), level=2)
    return "\n".join(parts)


def sections(command: click.Command, context: click.Context, level: int) -> list[str]:
    text = command.get_help(context)
    found = [f"{'#' * level} {context.command_path}\n\n```text\n{text}\n```\n"]
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            found += sections(inner, click.Context(inner, info_name=name, parent=context),
                              level + 1)
    return found


if __name__ == "__main__":
    Path(__file__).with_name("command-line.md").write_text(reference(), encoding="utf-8")
