"""Many rows in one statement: they travel as one JSON parameter, so that any batch uses the same statement.

A list of VALUES would be compiled anew for every size of batch, which costs more than the database's own work.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TypeVar

from sqlalchemy import (
    ColumnClause,
    Connection,
    Executable,
    Insert,
    RowMapping,
    Table,
    TableValuedAlias,
    bindparam,
    column,
    func,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB

AnInsert = TypeVar("AnInsert", bound=Insert)
AnyColumn = ColumnClause[int] | ColumnClause[str] | ColumnClause[datetime] | ColumnClause[float] | ColumnClause[bool]
Rows = Sequence[Mapping[str, object]]


def as_table(*columns: AnyColumn) -> TableValuedAlias:
    """Return the rows that `execute` is given as a table with these columns."""
    rows = func.jsonb_to_recordset(bindparam("rows", type_=JSONB))
    return rows.table_valued(*columns, name="new").render_derived(with_types=True)


def execute(connection: Connection, statement: Executable, rows: Rows, **more: object) -> Sequence[RowMapping]:
    """Run a statement over these rows and return what it returns; no rows, no statement. `more`: its other values."""
    if not rows:
        return ()
    result = connection.execute(statement, {"rows": [_plain(row) for row in rows], **more})
    return result.mappings().all() if result.returns_rows else ()


def from_rows(statement: AnInsert, table: Table, names: Iterable[str]) -> AnInsert:
    """Let an insert take these columns from the rows that `execute` is given."""
    listed = list(names)
    new = as_table(*(column(name, table.c[name].type) for name in listed))
    return statement.from_select(listed, select(*(new.c[name] for name in listed)))


def _plain(row: Mapping[str, object]) -> dict[str, object]:
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in row.items()}
