"""Alembic's entry: migrates the connection it is given; there is no alembic.ini."""

from alembic import context

from expectations.store.tables import Table

# The caller has begun a transaction and ends it, so that tables and identity of a register appear together; Alembic begins none.
connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=Table.metadata, render_as_batch=True, transactional_ddl=False)
context.run_migrations()
