"""Files of records: plain or gzip, line by line, in constant memory."""

import gzip
import io
import json
import os
import subprocess
import sys
import tracemalloc
from pathlib import Path

import pytest

from seta.domain import ListedJob
from seta.errors import BadInput, SourceGarbled
from seta.sources.files import MAX_LINE, open_records, read_records

RECORD = {
    "kind": "result", "namespace": "ci", "job_id": "1", "project": "autoland",
    "build_system": "taskcluster", "name": "test-linux64/opt-xpcshell-1",
    "revision": "ab" * 20, "pushed_at": "2018-10-11T19:59:16Z", "result": "success",
}
JOB = b"""{"kind":"job","project":"p","build_system":"b","name":"n","seen_at":\
"2018-10-11T19:59:16Z"}\n"""


def lines_of(count, **fields):
    return b"".join(json.dumps(RECORD | fields | {"job_id": str(number)}).encode() + b"\n"
                    for number in range(1, count + 1))


def read(data):
    bad = []
    stream = io.BufferedReader(io.BytesIO(data))
    return [record for record in read_records(stream, bad.append)], bad


def read_file(path):
    bad = []
    with open_records(path) as stream:
        return list(read_records(stream, bad.append)), bad


@pytest.mark.parametrize("pack", [
    pytest.param(lambda data: data, id="plain"),
    pytest.param(gzip.compress, id="gzip"),
    pytest.param(lambda data: gzip.compress(data[:100]) + gzip.compress(data[100:]),
                 id="gzip of two members"),
])
def test_a_file_is_read_whatever_its_packing(tmp_path, pack):
    """Told by its first bytes, not by its name."""
    path = tmp_path / "records.txt"
    path.write_bytes(pack(lines_of(3) + JOB))
    records, bad = read_file(path)
    assert [getattr(record, "job_id", "list") for record in records] == ["1", "2", "3", "list"]
    assert isinstance(records[3], ListedJob)
    assert bad == []


@pytest.mark.parametrize("data", [
    pytest.param(b"", id="nothing at all"),
    pytest.param(b"\n \n\r\n", id="blank lines"),
    pytest.param(gzip.compress(b""), id="nothing, packed"),
])
def test_a_file_without_records_has_none(tmp_path, data):
    path = tmp_path / "empty"
    path.write_bytes(data)
    assert read_file(path) == ([], [])


@pytest.mark.parametrize("data", [
    pytest.param(lines_of(1).rstrip(), id="no newline at the end"),
    pytest.param(lines_of(1).replace(b"\n", b"\r\n"), id="lines of Windows"),
    pytest.param(b"\xef\xbb\xbf" + lines_of(1), id="a byte order mark"),
    pytest.param(b"\n\n" + lines_of(1), id="blank lines before"),
])
def test_the_ways_of_other_systems_are_taken(data):
    records, bad = read(data)
    assert [record.job_id for record in records] == ["1"] and bad == []


def test_a_bad_line_is_told_by_its_number_and_the_rest_goes_in():
    good = lines_of(2).splitlines(keepends=True)
    records, bad = read(good[0] + b"{oops\n" + b"\n" + lines_of(1, result="fine") + good[1])
    assert [record.job_id for record in records] == ["1", "2"]
    assert [line.number for line in bad] == [2, 4]
    assert "not JSON" in bad[0].reason and "'fine'" in bad[1].reason


def test_reading_stops_where_the_listener_raises():
    def stop(line):
        raise BadInput(f"line {line.number}: {line.reason}")

    records = read_records(io.BytesIO(lines_of(1) + b"{oops\n" + lines_of(1)), stop)
    assert next(records).job_id == "1"
    with pytest.raises(BadInput, match="line 2: not JSON"):
        next(records)


def test_a_line_that_is_too_long_is_skipped_whole():
    longest = json.dumps(RECORD | {"fixed_by": ["x" * MAX_LINE * 3]}).encode() + b"\n"
    records, bad = read(lines_of(1) + longest + lines_of(1))
    assert len(records) == 2 and len(bad) == 1
    assert bad[0].number == 2 and f"longer than {MAX_LINE} bytes" in bad[0].reason


def test_a_line_of_just_the_length_is_read():
    line = lines_of(1).rstrip()
    assert len(read(line + b" " * (MAX_LINE - len(line) - 1) + b"\n")[0]) == 1


def test_bytes_that_are_no_utf8_are_a_bad_line():
    records, bad = read(lines_of(1).replace(b"xpcshell", b"xpc\xffhell") + lines_of(1))
    assert len(records) == 1
    assert bad[0].number == 1 and "UTF-8" in bad[0].reason


@pytest.mark.parametrize("break_it", [
    pytest.param(lambda data: data[:-12], id="cut off"),
    pytest.param(lambda data: data[:30] + b"\x00" * 20 + data[50:], id="damaged"),
    pytest.param(lambda data: data[:-8] + b"\x00" * 8, id="with a wrong checksum"),
])
def test_a_gzip_file_that_breaks_off_is_an_error_after_what_came_before(tmp_path, break_it):
    """R25: what is missing is never passed over in silence."""
    path = tmp_path / "records.gz"
    path.write_bytes(break_it(gzip.compress(lines_of(2000, name=os.urandom(80).hex()))))
    records, bad = [], []
    with open_records(path) as stream, pytest.raises(SourceGarbled) as raised:
        records.extend(read_records(stream, bad.append))
    assert f"it breaks off in line {len(records) + 1} (" in str(raised.value) and bad == []


@pytest.mark.parametrize("end, is_cut", [
    pytest.param(b'{"kind":"job","proj', True, id="in the middle of a record"),
    pytest.param(b'{"kind":"job","proj\n', False, id="a bad line that has an end"),
    pytest.param(b'{"kind":"nothing"}', False, id="a bad record without a line break"),
])
def test_a_last_line_that_ends_in_the_middle_of_a_record_is_told_from_a_bad_one(end, is_cut):
    records, bad = read(lines_of(2) + end)
    assert (len(records), [line.is_cut for line in bad]) == (2, [is_cut])


def test_a_file_that_is_not_there_is_bad_input(tmp_path):
    with pytest.raises(BadInput, match="cannot open .*nowhere: No such file"):
        with open_records(tmp_path / "nowhere"):
            pass


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_standard_input_is_read_where_the_name_is_a_dash(pack):
    program = ("from seta.sources.files import *\n"
               "with open_records('-') as stream:\n"
               "    print(*(record.job_id for record in read_records(stream, print)))")
    done = subprocess.run([sys.executable, "-c", program], input=pack(lines_of(3)),
                          capture_output=True, cwd=Path(__file__).parents[2], check=True)
    assert done.stdout.split() == [b"1", b"2", b"3"]


def test_a_long_file_needs_no_more_memory_than_a_short_one(tmp_path):
    """A file of any length is read in the memory of a line."""
    def peak(count):
        path = tmp_path / f"{count}.gz"
        path.write_bytes(gzip.compress(lines_of(count), 1))
        tracemalloc.start()
        with open_records(path) as stream:
            assert sum(1 for _ in read_records(stream, lambda line: None)) == count
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    peak(10)  # fills what is remembered between lines
    assert peak(20_000) < peak(2_000) + 200_000
