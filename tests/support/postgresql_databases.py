"""Empty databases on the server of the fixture `postgresql`."""

from itertools import count

from sqlalchemy import create_engine, text

_numbers = count()


def empty_database(server: str) -> str:
    """The URL of a new one."""
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    name = f"empty{next(_numbers)}"
    with engine.connect() as con:
        con.execute(text(f"create database {name}"))
    url = engine.url.set(database=name).render_as_string(hide_password=False)
    engine.dispose()
    return url
