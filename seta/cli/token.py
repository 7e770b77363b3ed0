"""`seta token`, and the local token of a developer's machine."""

import hashlib
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

import click


@dataclass(frozen=True)
class LocalToken:
    path: Path
    hash: str


def make_token() -> str:
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """Return the SHA-256 in hexadecimal digits, as SETA_TOKENS expects it."""
    return hashlib.sha256(token.encode()).hexdigest()


def local_token(home: Path) -> LocalToken:
    """Return this machine's token, made at first use and readable only by its owner."""
    path = home / "token"
    home.mkdir(parents=True, exist_ok=True)
    try:
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as handle:
            handle.write(make_token())
    except FileExistsError:
        pass
    return LocalToken(path, token_hash(path.read_text().strip()))


@click.command()
@click.argument("name")
def token(name: str) -> None:
    """Make a token for NAME, and print what to add to SETA_TOKENS.

    The token is shown only once; SETA keeps only its hash.
    """
    made = make_token()
    click.echo(f"token for {name}, not shown again: {made}")
    click.echo(f"add to SETA_TOKENS: {name}={token_hash(made)}")
