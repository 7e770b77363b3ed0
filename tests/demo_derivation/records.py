"""The two kinds of record, and the files they are written to."""

import gzip
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Derived:
    """The records of one scope, and what was counted on the way."""

    records: list[dict]
    counts: dict[str, int]


def moment(at: datetime) -> str:
    """Spell a moment as the files do.

    >>> moment(datetime(2014, 2, 18, 13, 7, 54, tzinfo=UTC))
    '2014-02-18T13:07:54Z'
    """
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def with_lists(
    results: Iterable[dict], names: Iterable[tuple[str, str]], *, build_system: str
) -> list[dict]:
    """Put the results between two equal job lists, so that all names count as listed all along.

    ``names`` are (project, name). The lists are dated at the first and at the newest push.
    """
    results = sorted(results, key=lambda result: (result["pushed_at"], result["job_id"]))
    names = sorted(names)
    first, newest = results[0]["pushed_at"], results[-1]["pushed_at"]
    return [
        *(_listed(project, name, build_system, first) for project, name in names),
        *results,
        *(_listed(project, name, build_system, newest) for project, name in names),
    ]


def _listed(project: str, name: str, build_system: str, seen_at: str) -> dict:
    return {"kind": "job", "project": project, "build_system": build_system, "name": name,
            "seen_at": seen_at}


def counts_of(records: Iterable[dict]) -> dict[str, int]:
    """Count what a file's records hold; a regression is one fixing revision."""
    records = list(records)
    results = [record for record in records if record["kind"] == "result"]
    listed = {(record["project"], record["name"])
              for record in records if record["kind"] == "job"}
    return {
        "records": len(records),
        "results": len(results),
        "job records": len(records) - len(results),
        "listed names": len(listed),
        "pushes": len({(result["project"], result["revision"]) for result in results}),
        "regressions": len({fix for result in results for fix in result.get("fixed_by", ())}),
    }


def ndjson(records: Iterable[dict]) -> bytes:
    """Spell records as NDJSON, one compact object per line."""
    lines = (json.dumps(record, separators=(",", ":")) + "\n" for record in records)
    return "".join(lines).encode()


def write(derived: Derived, name: str, folder: Path) -> None:
    """Write a scope's records and counts; the same input gives the same bytes."""
    packed = gzip.compress(ndjson(derived.records), compresslevel=9, mtime=0)
    (folder / f"{name}.ndjson.gz").write_bytes(packed)
    counts = json.dumps(derived.counts, indent=2) + "\n"
    (folder / f"{name}.counts.json").write_text(counts, encoding="utf-8")
