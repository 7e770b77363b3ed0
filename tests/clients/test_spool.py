"""The folder in which records wait for SETA."""

import json

import pytest

from seta.clients.buildbot import spool as spools
from seta.clients.buildbot.spool import Spool


@pytest.fixture
def spool(tmp_path):
    return Spool(tmp_path / "spool")


def contents(spool):
    return [[json.loads(line) for line in batch.read_text().splitlines()]
            for batch in spool.batches()]


def test_nothing_is_no_batch(spool):
    spool.close()
    assert spool.batches() == []


def test_batches_keep_the_order_in_which_records_came(spool):
    spool.add({"n": 1})
    spool.close()
    spool.add({"n": 2})
    spool.add({"n": 3})
    spool.close()
    assert contents(spool) == [[{"n": 1}], [{"n": 2}, {"n": 3}]]


def test_a_list_is_one_batch_and_nothing_else_is_in_it(spool):
    """The newest list says which jobs are alive, so half of one would retire the rest."""
    spool.add({"n": 1})
    spool.add_batch({"job": n} for n in range(spools.BATCH + 1))
    spool.add({"n": 2})
    spool.close()
    assert [len(batch) for batch in contents(spool)] == [1, spools.BATCH + 1, 1]


def test_a_batch_has_a_limit(spool):
    for n in range(spools.BATCH + 1):
        spool.add({"n": n})
    assert [len(batch) for batch in contents(spool)] == [spools.BATCH]


def test_what_was_open_is_still_there_after_a_restart(spool, tmp_path):
    spool.add({"n": 1})
    again = Spool(tmp_path / "spool")
    again.add({"n": 2})
    again.close()
    assert contents(again) == [[{"n": 1}, {"n": 2}]]


def test_a_number_is_not_given_twice_while_a_batch_waits(spool):
    for n in range(3):
        spool.add({"n": n})
        spool.close()
    spool.batches()[0].unlink()
    spool.add({"n": 3})
    spool.close()
    assert contents(spool) == [[{"n": 1}], [{"n": 2}], [{"n": 3}]]


def test_a_refused_batch_is_kept_beside_the_others(spool, tmp_path):
    for n in range(2):
        spool.add({"n": n})
        spool.close()
        spool.refuse(spool.batches()[0])
    assert spool.batches() == []
    assert sorted(path.name for path in (tmp_path / "spool").iterdir()) == [
        "000000000001.refused", "000000000002.refused"]


def test_the_oldest_are_dropped_when_there_are_too_many(spool, tmp_path):
    for n in range(1, spools.MAX_BATCHES + 3):
        (tmp_path / "spool" / f"{n:012}.ndjson").touch()
    assert spool.drop_oldest() == 2
    assert spool.batches()[0].name == "000000000003.ndjson"
    assert spool.drop_oldest() == 0
