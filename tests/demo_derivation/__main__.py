"""Make the demo's files again: ``python -m demo_derivation --help``."""

import argparse
import csv
import logging
from collections.abc import Iterator
from pathlib import Path

from seta.demo.scopes import DATA, FIXED_BY_COMMIT_2018, TALOS_2014
from .fixed_by_commit import derive_fixed_by_commit
from .records import write
from .talos import derive_talos

logger = logging.getLogger(__name__)


def main(arguments: list[str] | None = None) -> None:
    """Read the recorded rows named on the command line and write both scopes' files."""
    given = _parser().parse_args(arguments)
    derived = {
        TALOS_2014.name: derive_talos(_rows(given.alerts)),
        FIXED_BY_COMMIT_2018.name: derive_fixed_by_commit(
            _rows(given.fixed_by_commit), _labels(given.push_health)
        ),
    }
    for name, scope in derived.items():
        write(scope, name, given.to)
        logger.info("%s: %d records, %d regressions", name, len(scope.records),
                    scope.counts["regressions"])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m demo_derivation", description=main.__doc__)
    parser.add_argument("alerts", type=Path, help="the alert manager's alerts, CSV")
    parser.add_argument("fixed_by_commit", type=Path, help="fixed by commit rows, CSV")
    parser.add_argument("push_health", type=Path, help="recorded jobs of whole pushes, YAML")
    parser.add_argument("--to", type=Path, default=DATA, help="folder to write to")
    return parser


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def _labels(path: Path) -> Iterator[str]:
    import yaml  # a development dependency: only needed here

    recorded = yaml.safe_load(path.read_text(encoding="utf-8"))
    for query in recorded["queries"]:
        for row in query["data"]:
            if "label" in row:
                yield row["label"]


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    main()
