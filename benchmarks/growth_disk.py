"""How many bytes a database takes, table by table, and copies of it."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import create_engine, make_url, text

SHOWN = ("job_results", "classifications", "job_days", "pushes")

RELATIONS = text("""
    SELECT relation.relname, pg_table_size(relation.oid), ARRAY(
        SELECT (each.relname, pg_relation_size(each.oid))::text FROM pg_index
        JOIN pg_class AS each ON each.oid = indexrelid WHERE indrelid = relation.oid
        ORDER BY each.relname)
    FROM pg_class AS relation WHERE relname = ANY(:shown)
""")


def disk(url: str) -> dict[str, int]:
    """Return the bytes of the big tables and each of their indexes, and of all the rest."""
    found: dict[str, int] = {}
    engine = create_engine(url)
    with engine.connect() as connection:
        tables = {name: (size, indexes) for name, size, indexes in connection.execute(
            RELATIONS, {"shown": list(SHOWN)})}
        whole = connection.scalar(text("SELECT pg_database_size(current_database())"))
    engine.dispose()
    for name in SHOWN:
        size, indexes = tables[name]
        found[f"table {name}"] = size
        for index in indexes:
            index_name, index_size = index.strip("()").split(",")
            found[f"index {index_name}"] = int(index_size)
    found["the rest"] = whole - sum(found.values())
    return found


def write_ahead_log(url: str) -> int:
    """Return the bytes of the server's log of changes, which every server has beside its data."""
    engine = create_engine(url)
    with engine.connect() as connection:
        size = connection.scalar(text("SELECT sum(size)::bigint FROM pg_ls_waldir()"))
    engine.dispose()
    return size


@contextmanager
def copied(url: str) -> Iterator[str]:
    """Make a copy of a database that nobody is connected to; it is dropped afterwards."""
    there = make_url(url)
    copy = f"{there.database}_copy"
    admin = create_engine(there.set(database="postgres"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(
            f"CREATE DATABASE {copy} TEMPLATE {there.database} STRATEGY file_copy"))
        try:
            yield there.set(database=copy).render_as_string(hide_password=False)
        finally:
            connection.execute(text(f"DROP DATABASE {copy} WITH (FORCE)"))
    admin.dispose()
