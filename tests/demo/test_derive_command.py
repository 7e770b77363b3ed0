import gzip

import pytest

from seta.demo import scopes
from demo_derivation.__main__ import main

NAMES = [scope.name for scope in scopes()]


def derive(cuts, folder):
    folder.mkdir()
    raw = ("alerts_cut.csv", "fbc_cut.csv", "push_health_cut.yaml")
    main([*(str(cuts / name) for name in raw), "--to", str(folder)])
    return folder


@pytest.mark.parametrize("name", NAMES)
def test_the_cut_gives_the_records_that_were_read_through(cuts, tmp_path, name):
    made = gzip.decompress((derive(cuts, tmp_path / "a") / f"{name}.ndjson.gz").read_bytes())
    assert made == (cuts / f"expected-{name}.ndjson").read_bytes()


def test_the_same_rows_give_the_same_bytes(cuts, tmp_path):
    first, second = derive(cuts, tmp_path / "a"), derive(cuts, tmp_path / "b")
    assert sorted(path.name for path in first.iterdir()) == sorted(
        [f"{name}.counts.json" for name in NAMES] + [f"{name}.ndjson.gz" for name in NAMES]
    )
    for path in first.iterdir():
        assert path.read_bytes() == (second / path.name).read_bytes(), path.name
