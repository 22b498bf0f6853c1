"""Many rows in one statement: they travel as one JSON parameter, so that any batch uses the same statement."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TypeVar

from sqlalchemy import ColumnClause, Insert, Table, TableValuedAlias, Update, bindparam, column, func, select
from sqlalchemy.dialects.postgresql import JSONB

from shared.unit_of_work import Transaction

AnInsert = TypeVar("AnInsert", bound=Insert)
Rows = Sequence[Mapping[str, object]]


def as_table(*columns: ColumnClause[int] | ColumnClause[str] | ColumnClause[datetime]) -> TableValuedAlias:
    """Return the rows that `execute` is given as a table with these columns."""
    rows = func.jsonb_to_recordset(bindparam("rows", type_=JSONB))
    return rows.table_valued(*columns, name="new").render_derived(with_types=True)


def execute(tx: Transaction, statement: Insert | Update, rows: Rows) -> None:
    """Run a statement over these rows; no rows, no statement."""
    if rows:
        tx.connection.execute(statement, {"rows": [_plain(row) for row in rows]})


def from_rows(statement: AnInsert, table: Table, names: Iterable[str]) -> AnInsert:
    """Let an insert take these columns from the rows that `execute` is given."""
    listed = list(names)
    new = as_table(*(column(name, table.c[name].type) for name in listed))
    return statement.from_select(listed, select(*(new.c[name] for name in listed)))


def _plain(row: Mapping[str, object]) -> dict[str, object]:
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in row.items()}
