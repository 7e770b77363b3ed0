"""Job results, with all that hangs on them."""

from datetime import timedelta

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from ingest_world import (
    FIX, FIXED, INTERMITTENT, NOON, NOT_CLASSIFIED, add_projects, contents, job, rows, star,
    store_results, versions,
)
from sqlalchemy import text
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.orm import sessionmaker

from seta.domain import RESULTS, JobType, ListedJob
from seta.errors import UnknownProject
from seta.store.curation.projects import project_named
from seta.store.engine import make_engine
from seta.store.results.job_lists import record_job_list
from seta.store.results.job_names import count_unparsed, job_names
from seta.store.results.rollup import refresh_job_days
from seta.store.results.writer import ResultWriter, StoredCounts

LATER = NOON + timedelta(days=2)


@pytest.fixture
def autoland(session):
    add_projects(session, "autoland", "mozilla-inbound")
    return session


def counted_word(session, number=1) -> list[str]:
    """What counts of a job: its newest classification and the fixes named."""
    return session.execute(text(
        "SELECT classification, fixed_by FROM classifications WHERE job_id = :id "
        "ORDER BY classified_at DESC, id DESC LIMIT 1"), {"id": str(number)}).one_or_none()


def test_nothing_stores_nothing(autoland):
    assert store_results(autoland, []) == StoredCounts()
    assert rows(autoland, "job_results") == []


def test_one_result_brings_its_push_name_and_job_type(autoland):
    counts = store_results(autoland, [job(push_id="77", tier=2)])
    assert counts == StoredCounts(results=1, new=1)
    stored = contents(autoland)
    assert stored["pushes"] == [("autoland", "a" * 40, NOON, "77")]
    assert stored["job_types"] == [("linux64", "opt", "mochitest", 1)]
    assert stored["job_names"] == [
        ("autoland", "taskcluster", "test-linux64/opt-mochitest-1", False, 2, False)]
    assert stored["classifications"] == []
    assert [row[6] for row in stored["job_results"]] == [NOON + timedelta(minutes=2)]
    assert len(stored["stale_job_days"]) == 1


def test_a_name_is_a_build_from_the_record_that_says_so_to_the_one_that_takes_it_back(autoland):
    def is_build():
        return autoland.scalar(text("SELECT is_build FROM job_names"))

    found = []
    writer = ResultWriter()  # as one that keeps names between batches
    for number, said in enumerate((None, True, None, False, None)):
        writer.store(autoland, [job(number, is_build=said)])
        found.append(is_build())
    assert found == [False, True, True, False, False]


def test_a_job_list_may_say_what_is_a_build(autoland):
    entry = ListedJob("autoland", "taskcluster", "compile", NOON, is_build=True)
    record_job_list(autoland, "autoland", "taskcluster", NOON, [entry])
    (found,) = job_names(autoland, ["autoland"])
    assert (found.name, found.is_build) == ("compile", True)


def test_the_same_again_rewrites_no_row(autoland):
    """R32: a job that comes twice may not trouble the ingest."""
    results = [job(1), star(2), job(3, project="mozilla-inbound"), star(4, at=None)]
    store_results(autoland, results)
    refresh_job_days(autoland)
    before = versions(autoland)

    counts = store_results(autoland, results)

    assert (counts.new, counts.changed, counts.classifications) == (0, 0, 0)
    assert versions(autoland) == before


def test_a_job_twice_in_one_batch_is_one_job_as_it_came_last(autoland):
    """R32."""
    counts = store_results(autoland, [
        job(1), star(1, at=NOON), star(1, INTERMITTENT, at=NOON + timedelta(hours=1)), job(2)])
    assert counts == StoredCounts(results=4, new=2, classifications=2)
    assert [row[4] for row in rows(autoland, "job_results")] == ["testfailed", "success"]
    assert counted_word(autoland)[0] == INTERMITTENT


def test_one_job_id_in_two_namespaces_is_two_jobs(autoland):
    store_results(autoland, [job(1), job(1, namespace="my-ci")])
    assert len(rows(autoland, "job_results")) == 2


def test_projects_do_not_share_pushes_or_names(autoland):
    """R32: one name and revision on two projects, and on two build systems, stay apart."""
    store_results(autoland, [
        job(1), job(2, project="mozilla-inbound"), job(3, build_system="buildbot")])
    assert len(rows(autoland, "pushes")) == 2
    assert len(rows(autoland, "job_names")) == 3
    assert len(rows(autoland, "job_types")) == 1
    assert project_named(autoland, "autoland").build_systems == ("taskcluster", "buildbot")


@pytest.mark.parametrize("statement, constraint", [
    pytest.param("INSERT INTO job_results SELECT * FROM job_results", "pk_job_results", id="job"),
    pytest.param("UPDATE job_results SET job_id = ''", "ck_job_results_job_id", id="no id"),
    pytest.param("UPDATE job_results SET namespace_id = -1", "fk_job_results_namespace_id",
                 id="unknown namespace"),
    pytest.param("INSERT INTO namespaces (name) VALUES ('treeherder')", "uq_namespaces_name",
                 id="one namespace twice"),
    pytest.param("INSERT INTO namespaces (name) VALUES ('')", "ck_namespaces_name",
                 id="empty namespace"),
])
def test_the_key_is_the_databases_own_rule(autoland, statement, constraint):
    """R31: the unique key is a constraint, not a habit of the code."""
    store_results(autoland, [job(1)])
    with pytest.raises(IntegrityError, match=constraint):
        autoland.execute(text(statement))


def test_a_result_that_no_source_reports_is_refused_by_the_database(autoland):
    """R31: the words are the domain's."""
    store_results(autoland, [job(1)])
    assert set(autoland.scalars(text("SELECT unnest(enum_range(NULL::job_result))::text"))) \
        == RESULTS
    with pytest.raises(DataError, match="job_result"):
        autoland.execute(text("UPDATE job_results SET result = 'perhaps'"))


def test_namespaces_that_are_known_use_up_no_numbers(autoland):
    for number in range(3):
        store_results(autoland, [job(number), job(number, namespace="my-ci")])
        store_results(autoland, [job(number, namespace=f"ci-{number}")])
    assert autoland.scalars(text("SELECT max(id) - min(id) FROM namespaces")).one() == 4


def test_a_row_of_a_result_has_no_gaps_between_its_columns(autoland):
    """There are tens of millions of them."""
    store_results(autoland, [job(300_000_000)])
    header, longs, words = 24, 2 * 8, 4 * 4
    assert autoland.scalar(text("SELECT pg_column_size(job_results.*) FROM job_results")) == (
        header + longs + words + 2 + 1 + len("300000000"))


@pytest.mark.parametrize("change", [
    pytest.param({"result": "busted"}, id="result"),
    pytest.param({"duration_ms": None}, id="duration gone"),
    pytest.param({"started_at": None}, id="start gone"),
    pytest.param({"tier": 2}, id="tier"),
    pytest.param({"revision": "b" * 40}, id="push"),
    pytest.param({"name": "test-linux64/opt-mochitest-2"}, id="name"),
    pytest.param({"started_at": NOON + timedelta(days=3)}, id="day"),
])
def test_what_changed_is_followed_and_its_days_counted_anew(autoland, change):
    store_results(autoland, [job(1)])
    refresh_job_days(autoland)

    assert store_results(autoland, [job(1, **change)]).changed == 1

    refresh_job_days(autoland)
    assert [row[2] for row in rows(autoland, "job_days")] == [1]
    expected = job(1, **change)
    assert [row[3:8] for row in rows(autoland, "job_results")] == [(
        expected.name, expected.result, expected.duration_ms, expected.known_at, expected.tier)]


def test_an_unknown_project_is_an_error_and_stores_nothing(autoland):
    with pytest.raises(UnknownProject, match="'nowhere'"), autoland.begin_nested():
        store_results(autoland, [job(1), job(2, project="nowhere")])
    assert rows(autoland, "job_results") == []


def test_a_name_that_cannot_be_parsed_is_kept_and_counted(autoland):
    """R29: what we cannot parse is known, and runs."""
    store_results(autoland, [job(1, name="Gecko Decision Task"), job(2)])
    assert count_unparsed(autoland, ["autoland"]) == 1
    assert count_unparsed(autoland, ["mozilla-inbound"]) == 0
    assert [row[2:4] for row in rows(autoland, "job_names")] == [
        ("Gecko Decision Task", True), ("test-linux64/opt-mochitest-1", False)]


def test_a_job_type_that_is_told_outranks_the_names_meaning(autoland):
    told = JobType("board-7", "release", "smoke", 3)
    store_results(autoland, [job(1)])
    store_results(autoland, [job(2, job_type=told)])
    store_results(autoland, [job(3)])
    assert [row[5] for row in rows(autoland, "job_names")] == [True]
    assert autoland.execute(text(
        "SELECT platform FROM job_types t JOIN job_names n ON n.job_type_id = t.id")
    ).scalars().all() == ["board-7"]


def test_a_push_takes_the_earliest_time_and_an_id_when_one_is_told(autoland):
    for told in ({"push_id": None}, {"push_id": "7"}, {"push_id": None},
                 {"pushed_at": NOON - timedelta(minutes=1)}, {"pushed_at": LATER},
                 {"pushed_at": LATER, "push_id": "5"}, {"push_id": "9"}):
        store_results(autoland, [job(1, **told)])
    assert rows(autoland, "pushes") == [
        ("autoland", "a" * 40, NOON - timedelta(minutes=1), "5")]


def test_a_push_keeps_its_pushlog_id_and_treeherders_number_apart(autoland):
    """They are two namespaces; the revision ties them, whichever comes first."""
    store_results(autoland, [job(1, treeherder_push_id="1500")])
    store_results(autoland, [job(2, push_id="77")])
    store_results(autoland, [job(3)])
    assert [tuple(row) for row in autoland.execute(
        text("SELECT push_id, treeherder_id FROM pushes"))] == [("77", "1500")]


@pytest.mark.parametrize("words", [
    pytest.param("tab\tand\nnewline", id="white space"),
    pytest.param("back\\slash \\N", id="backslash"),
    pytest.param("naïve ✓", id="beyond ASCII"),
])
def test_any_name_and_id_comes_back_as_it_was(autoland, words):
    store_results(autoland, [job(words, name=words)])
    assert [(row[1], row[3]) for row in rows(autoland, "job_results")] == [(words, words)]


# Stars

def test_not_classified_stores_nothing_for_a_job_that_never_was(autoland):
    counts = store_results(autoland, [star(1, NOT_CLASSIFIED), job(2)])
    assert counts.classifications == 0
    assert rows(autoland, "classifications") == []


@pytest.mark.parametrize("at", [
    pytest.param([NOON, NOON + timedelta(hours=3), LATER], id="with times"),
    pytest.param([None, None, None], id="without times"),
    pytest.param([None, LATER, None], id="the second with a time"),
    pytest.param([LATER, None, None], id="the first with a time"),
])
def test_a_star_given_late_changed_and_taken_back_is_followed(autoland, at):
    """R49: a star can arrive days later; R46: the fix it names may change."""
    store_results(autoland, [job(1, result="testfailed")])
    assert counted_word(autoland) is None
    store_results(autoland, [star(1, at=at[0])])
    assert tuple(counted_word(autoland)) == (FIXED, [FIX])
    store_results(autoland, [star(1, fixed_by=("b" * 12,), at=at[1])])
    assert tuple(counted_word(autoland)) == (FIXED, ["b" * 12])
    store_results(autoland, [star(1, NOT_CLASSIFIED, at=at[2])])
    assert counted_word(autoland)[0] == NOT_CLASSIFIED
    assert len(rows(autoland, "classifications")) == 3


def test_an_older_word_that_comes_later_takes_nothing_away(autoland):
    store_results(autoland, [star(1, at=LATER)])
    store_results(autoland, [star(1, INTERMITTENT, at=NOON)])
    store_results(autoland, [star(1, NOT_CLASSIFIED, at=NOON - timedelta(days=1))])
    assert tuple(counted_word(autoland)) == (FIXED, [FIX])


def test_a_star_without_its_time_counts_from_the_push_on_and_says_so(autoland):
    counts = store_results(autoland, [star(1, at=None)])
    assert counts.assumed_times == 1
    assert [row[5:] for row in rows(autoland, "classifications")] == [(NOON, True)]


def test_what_a_person_said_is_not_undone_by_a_source_that_repeats_itself(autoland):
    store_results(autoland, [star(1)])
    autoland.execute(text(
        "INSERT INTO classifications (namespace_id, job_id, classification, fixed_by, unparsed, "
        "classified_at, is_assumed, is_inferred, who) SELECT id, '1', 'intermittent', "
        "'{}', 0, :at, false, false, 'ann' FROM namespaces"), {"at": LATER})
    for at in (NOON, LATER + timedelta(days=1), None):
        store_results(autoland, [star(1, at=at)])
    assert counted_word(autoland)[0] == INTERMITTENT


@pytest.mark.parametrize("fixed_by, expected", [
    pytest.param((FIX,), ([FIX], 0), id="12 digits"),
    pytest.param((FIX + "6" * 28,), ([FIX], 0), id="40 digits"),
    pytest.param((FIX + "6" * 28, FIX), ([FIX], 0), id="12 and 40 digits of one revision"),
    pytest.param(("c" * 12, FIX), ([FIX, "c" * 12], 0), id="several"),
    pytest.param(("1234567",), (["123456789abc"], 0), id="short, known"),
    pytest.param(("123456789ab", "123456789abc"), (["123456789abc"], 0), id="short and whole"),
    pytest.param(("7654321",), ([], 1), id="short, unknown"),
    pytest.param(("7654321", FIX), ([FIX], 1), id="short and unknown, beside another"),
    pytest.param(("feedbee",), ([], 1), id="short, of two pushes"),
    pytest.param((), ([], 0), id="none"),
])
def test_fixes_are_stored_by_12_digits_and_short_ones_completed(autoland, fixed_by, expected):
    """R46: 12 and 40 characters are one regression; R50: what stays unknown is counted."""
    store_results(autoland, [
        job(7, revision="123456789abc" + "0" * 28), job(8, revision="feedbee1" + "0" * 32),
        job(9, revision="feedbee2" + "0" * 32),
        job(10, revision="7654321" + "0" * 33, project="mozilla-inbound")])
    store_results(autoland, [star(1, fixed_by=fixed_by)])
    assert [row[3:5] for row in rows(autoland, "classifications")] == [expected]


def test_a_short_fix_is_completed_when_its_push_is_known_later(autoland):
    store_results(autoland, [star(1, fixed_by=("1234567",))])
    store_results(autoland, [job(7, revision="1234567" + "0" * 33)])
    store_results(autoland, [star(1, fixed_by=("1234567",))])
    assert tuple(counted_word(autoland)) == (FIXED, ["123456700000"])


# A writer that goes on

def test_a_writer_forgets_what_was_rolled_back(autoland):
    writer = ResultWriter()
    nested = autoland.begin_nested()
    writer.store(autoland, [job(1)])
    nested.rollback()
    writer.forget()
    assert writer.store(autoland, [job(1)]).new == 1


def test_the_number_of_queries_does_not_grow_with_the_rows(autoland, engine):
    """R60."""
    from sqlalchemy import event

    seen = []
    event.listen(engine, "before_cursor_execute", lambda *args: seen.append(args[2]))
    counts = []
    for size in (10, 1_000):
        seen.clear()
        store_results(autoland, [
            star(number, at=NOON + timedelta(minutes=size), name=f"test-linux64/opt-x-{number}",
                 revision=f"{number % 30:040x}", job_id=f"{size}-{number}")
            for number in range(1, size)])
        counts.append(len(seen))
    assert counts[1] <= counts[0] + 2  # SQLAlchemy cuts very long inserts into pages


# Any order, overlap and repetition

def jobs_versions():
    """Versions of a few jobs: the row is one, what is said of it changes with the hours."""
    words = [(FIXED, FIX), (FIXED, "c" * 12), (INTERMITTENT, ""), (NOT_CLASSIFIED, "")]
    histories = st.permutations(words).filter(lambda said: said[0][0] is not NOT_CLASSIFIED)
    return st.lists(st.tuples(histories, st.integers(1, 4)), min_size=1, max_size=4)


def results_of(histories) -> list:
    """All versions, in the order in which they were said."""
    versions = [
        (hour, number, word)
        for number, (words, length) in enumerate(histories, 1)
        for hour, word in enumerate(words[:length])]
    return [star(
        number, classification, (fix,), NOON + timedelta(hours=hour), tier=1 + number % 3,
        name=f"test-linux64/opt-mochitest-{number % 4}", revision=f"{number % 3:040x}",
        started_at=NOON + timedelta(hours=9 * number))
        for hour, number, (classification, fix) in sorted(versions)]


def is_taken_back_first(results) -> bool:
    """Return whether a star is taken back before it comes: nothing is known then to take back."""
    first = {}
    for each in results:
        if (each.classification is NOT_CLASSIFIED
                and first.get(each.job_id, NOON + timedelta(days=1)) > each.classified_at):
            return True
        first[each.job_id] = min(each.classified_at, first.get(each.job_id, each.classified_at))
    return False


@given(jobs_versions(), st.data())
@settings(max_examples=25, deadline=None)
def test_any_order_overlap_and_repetition_gives_the_same(any_database, told, data):
    in_order = results_of(told)
    shuffled = data.draw(st.permutations(in_order))
    assume(not is_taken_back_first(shuffled))
    again = data.draw(st.lists(st.sampled_from(in_order), max_size=5))
    size = data.draw(st.integers(1, 8))

    expected = stored(any_database, [in_order])
    found = stored(any_database, cut(shuffled + again, size))

    assert found == expected


@pytest.fixture(scope="module")
def any_database(make_database, template):
    engine = make_engine(make_database(template))
    yield engine
    engine.dispose()


def cut(results, size):
    return [results[start:start + size] for start in range(0, len(results), size)]


def stored(engine, batches) -> dict:
    """Store batches and return all tables, in a transaction that is rolled back."""
    with engine.connect() as connection:
        session = sessionmaker(connection, join_transaction_mode="create_savepoint")()
        add_projects(session, "autoland")
        for batch in batches:
            store_results(session, batch)
        refresh_job_days(session)
        found = contents(session) | {"what counted when": words_by_hour(session)}
        connection.rollback()
    return found


def words_by_hour(session) -> list:
    return [tuple(row) for hour in range(7) for row in session.execute(text(
        "SELECT DISTINCT ON (job_id) job_id, classification, fixed_by FROM classifications "
        "WHERE classified_at <= :at ORDER BY job_id, classified_at DESC, id DESC"),
        {"at": NOON + timedelta(hours=hour)})]
