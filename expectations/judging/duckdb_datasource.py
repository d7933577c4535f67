"""A Great Expectations datasource for DuckDB: `context.data_sources.add_duckdb(...)`.

Great Expectations reads a result after it has returned the connection, and by then DuckDB has dropped the result; so the
engine keeps one connection open.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar, Literal
from weakref import WeakSet

from great_expectations.datasource.fluent import SQLDatasource
from great_expectations.execution_engine import SqlAlchemyExecutionEngine
from sqlalchemy import Connection


class DuckDBExecutionEngine(SqlAlchemyExecutionEngine):
    """The SQL engine of Great Expectations on one DuckDB connection."""

    _open_connection: Connection | None = None
    _living: ClassVar["WeakSet[DuckDBExecutionEngine]"] = WeakSet()

    @contextmanager
    def get_connection(self) -> Iterator[Connection]:
        """The one connection; it stays open until `close_engines`."""
        if self._open_connection is None:
            self._open_connection = self.engine.connect()
            self._living.add(self)
        yield self._open_connection

    @classmethod
    def close_engines(cls) -> None:
        """Gives the database files free. Great Expectations makes engines of its own accord, so all of them are closed."""
        for engine in list(cls._living):
            engine.give_free()
        cls._living.clear()

    def give_free(self) -> None:
        """Closes the open connection and all that the pool holds."""
        if self._open_connection is not None:
            self._open_connection.close()
            self._open_connection = None
        self.engine.dispose()


_EngineType = type[SqlAlchemyExecutionEngine]  # inside the class the name `type` is the field below


class DuckDBDatasource(SQLDatasource):
    """The datasource type `duckdb`."""

    type: Literal["duckdb"] = "duckdb"  # type: ignore[assignment]  # narrows the parent's literal, as its own dialects do

    @property
    def execution_engine_type(self) -> _EngineType:
        """The engine with the open connection."""
        return DuckDBExecutionEngine
