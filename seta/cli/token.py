"""`seta token`."""

import click

from .local_token import make_token, token_hash


@click.command()
@click.argument("name")
def token(name: str):
    """Make a token for NAME, and print what SETA_TOKENS must hold for it.

    The token is shown once; SETA keeps only its hash.
    """
    made = make_token()
    click.echo(f"token (give it to {name}, it is not shown again): {made}")
    click.echo(f"add to SETA_TOKENS: {name}={token_hash(made)}")
