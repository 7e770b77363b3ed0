"""Files of overrides: JSON or YAML."""

import json
from pathlib import Path

import yaml

from seta.errors import BadInput


def read_file(path: Path) -> object:
    """Return what a file holds; raises BadInput with the place of a mistake."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"{path} cannot be read: {error}") from error
    return read_text(text, is_yaml=path.suffix in (".yaml", ".yml"), where=str(path))


def read_text(text: str, *, is_yaml: bool, where: str) -> object:
    try:
        return yaml.safe_load(text) if is_yaml else json.loads(text)
    except (ValueError, RecursionError, yaml.YAMLError) as error:
        kind = "YAML" if is_yaml else "JSON"
        raise BadInput(f"{where} is not {kind}: {' '.join(str(error).split())}") from error
