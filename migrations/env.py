"""How alembic reaches the database; after an upgrade the services' roles get their column grants."""

from alembic import context
from sqlalchemy import Connection, create_engine, pool

from shared.database import driver_url
from shared.roles import grant
from shared.settings import DatabaseSettings, load
from shared.tables import metadata


def _run(connection: Connection) -> None:
    context.configure(connection=connection, target_metadata=metadata, compare_server_default=True)
    with context.begin_transaction():
        context.run_migrations()
        grant(connection)


def _url() -> str:
    given = context.config.attributes.get("database_url")
    return str(given) if given else load(DatabaseSettings).database_url.get_secret_value()


engine = create_engine(driver_url(_url()), poolclass=pool.NullPool)
with engine.connect() as opened:
    _run(opened)
    opened.commit()
engine.dispose()
