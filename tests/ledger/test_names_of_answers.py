"""What an answer runs and leaves out is read from its bytes, before and after a migration."""

from alembic import command
from ci_world.fixtures import Ci
from sqlalchemy import text
from sqlalchemy.orm import Session

from seta.store.engine import make_engine
from seta.store.ledger import entries
from seta.store.migrations.upgrade import migration_config, upgrade


def test_the_release_before_gets_its_columns_back_and_nothing_is_lost(database, make_ci):
    engine = make_engine(database)
    with Session(engine) as session, session.begin():
        ci: Ci = make_ci(session)
        answers = {push_id: ci.ask(push_id, minutes) for push_id, minutes in (("1", 0), ("2", 1))}
    assert answers["2"]["skip"]
    with engine.begin() as connection:
        command.downgrade(migration_config(connection), "1.3")
        before = {row.push_id: (row.run_names, row.skip_names) for row in connection.execute(
            text("SELECT push_id, run_names, skip_names FROM schedules"))}
    assert before == {push_id: (answer["run"], answer["skip"])
                      for push_id, answer in answers.items()}
    upgrade(engine)
    with Session(engine) as session:
        for push_id, answer in answers.items():
            entry = entries.entry_of(session, "autoland", "taskcluster", push_id)
            assert (list(entry.run_names), list(entry.skip_names)) == (
                answer["run"], answer["skip"])
    engine.dispose()
