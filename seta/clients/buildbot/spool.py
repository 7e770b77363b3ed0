"""Records that wait on disk until SETA has accepted them."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

BATCH = 500          # records in one request
MAX_BATCHES = 2_000  # a million records, or weeks without SETA

OPEN = "open.ndjson"

Record = dict[str, Any]


class Spool:
    """A folder of batches, one file each, sent in the order in which they came.

    Records that belong together, such as a list of builders, are added as one batch, so that SETA
    sees all of them or none.
    """

    def __init__(self, folder: Path):
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._in_open = len((folder / OPEN).read_bytes().splitlines()) if self._is_open else 0

    @property
    def _is_open(self) -> bool:
        return (self._folder / OPEN).exists()

    def add(self, record: Record) -> None:
        self._write([record])
        self._in_open += 1
        if self._in_open >= BATCH:
            self.close()

    def add_batch(self, records: Iterable[Record]) -> None:
        self.close()
        self._write(records)
        self.close()

    def close(self) -> None:
        """Close the open batch, so that it can be sent."""
        if self._is_open:
            last = max(self._numbers("*"), default=0)  # including those put aside
            (self._folder / OPEN).rename(self._folder / f"{last + 1:012}.ndjson")
        self._in_open = 0

    def batches(self) -> list[Path]:
        return [self._folder / f"{number:012}.ndjson" for number in self._numbers()]

    def refuse(self, batch: Path) -> None:
        """Put aside a batch that SETA will never accept, for a person to look at."""
        batch.rename(batch.with_suffix(".refused"))

    def drop_oldest(self) -> int:
        """Keep the folder within bounds; return how many batches were lost."""
        lost = self.batches()[:-MAX_BATCHES]
        for batch in lost:
            batch.unlink()
        return len(lost)

    def _write(self, records: Iterable[Record]) -> None:
        lines = "".join(json.dumps(record) + "\n" for record in records)
        with (self._folder / OPEN).open("a", encoding="utf-8") as file:
            file.write(lines)

    def _numbers(self, ending: str = "ndjson") -> list[int]:
        return sorted(int(path.stem) for path in self._folder.glob(f"[0-9]*.{ending}"))
