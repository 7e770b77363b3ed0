"""Alembic's entry: `seta.store.migrations.upgrade` hands it a connection."""

from alembic import context

from seta.store.schema import Base

context.configure(
    connection=context.config.attributes["connection"], target_metadata=Base.metadata,
    compare_server_default=False)
with context.begin_transaction():
    context.run_migrations()
