"""Alembic's entry: runs the migrations on the connection, and in the transaction, it was given."""

from alembic import context

from filon.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    # Our connection begins transactions itself, so that SQLite takes its DDL back like any other.
    transactional_ddl=True,
)
context.run_migrations()
