"""The migrations make the tables, from nothing and step by step."""

import threading

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text
from sqlalchemy.exc import IntegrityError

from seta.errors import StoreError
from seta.store.engine import make_engine
from seta.store.migrations.upgrade import (
    check_version, known_versions, migration_config, upgrade,
)
from seta.store.results.writer import STAGING
from seta.store.schema import Base


@pytest.fixture
def empty(make_database):
    engine = make_engine(make_database())
    yield engine
    engine.dispose()


def test_from_nothing_they_make_what_the_tables_say(empty):
    """R64: one definition of the schema."""
    with pytest.raises(StoreError, match="seta db upgrade"):
        check_version(empty)
    upgrade(empty)
    check_version(empty)
    with empty.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
    assert upgrade(empty) == upgrade(empty)


def test_their_numbers_are_their_order(empty):
    """Versions are compared without Alembic, which takes long to import."""
    with empty.connect() as connection:
        chain = ScriptDirectory.from_config(migration_config(connection)).walk_revisions()
        assert known_versions() == [each.revision for each in chain][::-1]


@pytest.mark.parametrize("version", ["0001", "0040", "99.0"])
def test_a_database_of_an_unknown_version_is_refused_and_left_as_it_is(empty, version):
    """An earlier development version's tables have other columns, whatever their number."""
    with empty.begin() as connection:
        connection.execute(text("CREATE TABLE alembic_version (version_num varchar(32))"))
        connection.execute(text("INSERT INTO alembic_version VALUES (:version)"),
                           {"version": version})
    for act in (upgrade, check_version):
        with pytest.raises(StoreError, match=f"version {version}, which this program does not"):
            act(empty)
    assert inspect(empty).get_table_names() == ["alembic_version"]


def test_imports_and_posts_become_one_source(empty):
    """The later success counts; a project that only posts ever fed is no live source's."""
    with empty.begin() as connection:
        command.upgrade(migration_config(connection), "1.0")
        connection.execute(text("INSERT INTO scopes (name, is_archived, redundancy, window_days) "
                                "VALUES ('trunk', false, 1, 90)"))
        for name, source in (("file", "import"), ("post", ""), ("live", "activedata"),
                             ("none", ""), ("show", "demo")):
            connection.execute(text(
                "INSERT INTO projects (name, scope, build_systems, is_integration, is_killed, "
                "priority_2_pushes, priority_2_minutes, priority_3_pushes, priority_3_minutes, "
                "backstop_pushes, backstop_minutes, infer_regressions, infer_after, "
                "open_scheduling, source) VALUES (:name, 'trunk', '{x}', true, false, 1, 1, 1, 1, "
                "1, 1, false, 2, false, :source)"), {"name": name, "source": source})
        connection.execute(text(
            "INSERT INTO watermarks (project, source, succeeded_at) VALUES "
            "('file', 'import', '2026-03-01Z'), ('file', 'results', '2026-03-02Z'), "
            "('post', 'results', '2026-03-03Z'), ('live', 'activedata', '2026-03-04Z'), "
            "('live', 'import', '2026-03-05Z')"))
    upgrade(empty)
    with empty.connect() as connection:
        sources = dict(map(tuple, connection.execute(text("SELECT name, source FROM projects"))))
        marks = {(row.project, row.source, row.succeeded_at.day)
                 for row in connection.execute(text("SELECT * FROM watermarks"))}
    assert sources == {"file": "files", "post": "files", "live": "activedata", "none": "",
                       "show": "demo"}
    assert marks == {("file", "files", 2), ("post", "files", 3), ("live", "activedata", 4),
                     ("live", "files", 5)}


# What 1.1 held: two namespaces, and each kind of time.
OLD_RESULTS = """
    INSERT INTO scopes (name, is_archived, redundancy, window_days) VALUES ('trunk', false, 1, 90);
    INSERT INTO projects (name, scope, build_systems, is_integration, is_killed, priority_2_pushes,
        priority_2_minutes, priority_3_pushes, priority_3_minutes, backstop_pushes,
        backstop_minutes, infer_regressions, infer_after, open_scheduling, source)
    VALUES ('autoland', 'trunk', '{x}', true, false, 1, 1, 1, 1, 1, 1, false, 2, false, 'files');
    INSERT INTO pushes (project, revision, pushed_at)
    VALUES ('autoland', 'a', '2026-03-01 12:00Z');
    INSERT INTO job_names (project, build_system, name, tier, group_symbol, symbol, is_given)
    VALUES ('autoland', 'x', 'n', 1, '', '', false);
    INSERT INTO job_results VALUES
        ('treeherder', '9', 1, 1, 'testfailed', '2026-03-01 12:10Z', 60000, '2026-03-01 12:11Z', 1),
        ('treeherder', '10', 1, 1, 'success', NULL, NULL, '2026-03-01 12:00Z', 2),
        ('my-ci', '9', 1, 1, 'retry', '2026-03-01 12:10Z', 31622400000, '2027-03-02 12:10Z', 3);
    INSERT INTO classifications (namespace, job_id, classification, fixed_by, unparsed,
        classified_at, is_assumed, is_inferred)
    VALUES ('treeherder', '9', 'fixed by commit', '{123456789abc}', 0, '2026-03-01 13:00Z', false,
            false),
           ('my-ci', '9', 'intermittent', '{}', 0, '2026-03-01 13:00Z', false, false);
"""
RESULTS_OF = """
    SELECT {namespace}, job_id, push, job_name_id, result::text, duration_ms, known_at, tier
    FROM job_results ORDER BY 1, 2
"""
CLASSIFICATIONS_OF = """
    SELECT id, {namespace}, job_id, classification, fixed_by, classified_at, recorded_at
    FROM classifications ORDER BY id
"""
NAME = "(SELECT name FROM namespaces WHERE id = namespace_id)"


@pytest.fixture
def old(empty):
    """A database of 1.1 with results, and what they and the classifications were."""
    with empty.begin() as connection:
        command.upgrade(migration_config(connection), "1.1")
        connection.execute(text(OLD_RESULTS))
        return stored(connection, "namespace")


def stored(connection, namespace):
    return [[tuple(row) for row in connection.execute(text(query.format(namespace=namespace)))]
            for query in (RESULTS_OF, CLASSIFICATIONS_OF)]


def test_results_are_the_same_once_they_are_compact(empty, old):
    with empty.begin() as connection:
        command.upgrade(migration_config(connection), "1.2")
        assert stored(connection, NAME) == old
        for statement, rule in (
                ("UPDATE classifications SET job_id = '11'", "fk_classifications_job"),
                ("UPDATE job_results SET push = 7", "fk_job_results_push"),
                ("UPDATE job_results SET job_name_id = 7", "fk_job_results_job_name_id")):
            with pytest.raises(IntegrityError, match=rule), connection.begin_nested():
                connection.execute(text(statement))
        connection.execute(text("DELETE FROM pushes"))
        assert stored(connection, NAME) == [[], []]


def test_results_are_the_same_once_they_are_compact_and_back(empty, old):
    with empty.begin() as connection:
        command.upgrade(migration_config(connection), "1.2")
        command.downgrade(migration_config(connection), "1.1")
        assert stored(connection, "namespace") == old
        assert connection.scalars(text(
            "SELECT to_char(started_at, 'HH24:MI') FROM job_results "
            "ORDER BY namespace, job_id")).all() == ["12:10", "12:00", "12:10"]
        command.upgrade(migration_config(connection), "1.2")
        assert stored(connection, NAME) == old


def test_a_writer_that_is_still_connected_does_not_stop_the_way_back(empty):
    """Its temporary table has a column of the type that goes."""
    upgrade(empty)
    with empty.connect() as other:
        other.execute(STAGING)
        other.commit()
        with empty.begin() as connection:
            command.downgrade(migration_config(connection), "1.1")


def test_the_migrations_order_columns_as_the_tables_do(empty, engine):
    """Alembic compares neither collations nor enums; the order decides how long a row is."""
    def columns(connection):
        return [tuple(row) for row in connection.execute(text(
            "SELECT column_name, udt_name, collation_name FROM information_schema.columns "
            "WHERE table_name = 'job_results' ORDER BY ordinal_position"))] + [
                tuple(row) for row in connection.execute(text(
                    "SELECT enumlabel FROM pg_enum ORDER BY enumsortorder"))] + [
                tuple(row) for row in connection.execute(text(
                    "SELECT table_name, column_name, udt_name FROM information_schema.columns "
                    "WHERE collation_name = 'C' ORDER BY 1, 2"))]

    with engine.connect() as upgraded, empty.begin() as created:
        Base.metadata.create_all(created)
        assert columns(upgraded) == columns(created)


def test_two_at_once_wait_for_each_other(empty):
    reached = []
    threads = [threading.Thread(target=lambda: reached.append(upgrade(empty))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(reached) == 2 and len(set(reached)) == 1


def test_every_rule_in_the_tables_is_a_constraint_with_a_name_in_the_database(engine):
    """R31: the constraint exists in the database."""
    found = inspect(engine)
    for table in Base.metadata.sorted_tables:
        wanted = {constraint.name for constraint in table.constraints}
        there = {found.get_pk_constraint(table.name)["name"]}
        for constraints in (found.get_check_constraints, found.get_unique_constraints,
                            found.get_foreign_keys):
            there |= {each["name"] for each in constraints(table.name)}
        assert wanted <= there


def test_the_migrations_write_each_rule_as_the_tables_do(empty, engine):
    """Alembic compares no check constraints; a pattern in the domain must not leave them behind."""
    def rules(connection):
        return {tuple(row) for row in connection.execute(text(
            "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint "
            "WHERE connamespace = 'public'::regnamespace AND contype = 'c'"))}

    with engine.connect() as upgraded, empty.begin() as created:
        migrated = {(name, rule) for name, rule in rules(upgraded) if name.startswith("ck_")}
        Base.metadata.create_all(created)
        assert migrated == {(name, rule) for name, rule in rules(created)
                            if name.startswith("ck_")}


@pytest.mark.parametrize("statement, constraint", [
    pytest.param("INSERT INTO scopes (name, is_archived, redundancy, window_days) "
                 "VALUES ('x', false, 0, 90)", "ck_scopes_redundancy", id="redundancy of none"),
    pytest.param("INSERT INTO scopes (name, is_archived, redundancy, window_days, budget) "
                 "VALUES ('x', false, 1, 90, 'NaN')", "ck_scopes_budget", id="no budget"),
    pytest.param("INSERT INTO scopes (name, is_archived, redundancy, window_days, objective) "
                 "VALUES ('x', false, 1, 90, 'best')", "ck_scopes_objective", id="no objective"),
    pytest.param("INSERT INTO job_types (platform, build_type, test_suite, chunk) "
                 "VALUES ('p', 'b', 's', -1)", "ck_job_types_chunk", id="chunk below none"),
    pytest.param("INSERT INTO job_types (platform, build_type, test_suite, chunk) VALUES "
                 "('p', 'b', 's', 1), ('p', 'b', 's', 1)", "uq_job_types_platform",
                 id="one job type twice"),
    pytest.param("INSERT INTO runs (task, status, source, project, scope, counts, started_at) "
                 "VALUES ('dance', 'running', '', '', '', '{}', now())", "ck_runs_task",
                 id="unknown task"),
    pytest.param("INSERT INTO alarms (subject, message) VALUES ('a', 'x'), ('a', 'y')",
                 "uq_alarms_open_subject", id="two open alarms on one subject"),
    pytest.param("INSERT INTO audit (who, what, target, why, details) "
                 "VALUES ('', 'x', 'y', '', '{}')", "ck_audit_who", id="nobody"),
])
def test_what_breaks_a_rule_is_refused_by_its_name(session, statement, constraint):
    with pytest.raises(IntegrityError, match=constraint):
        session.execute(text(statement))
