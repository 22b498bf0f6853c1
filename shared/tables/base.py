"""Names and column kinds that all tables share."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, Column, DateTime, Identity, MetaData, func

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# Large tables whose rows change a few times: by default vacuum would wait for a fifth of them.
VACUUM_KEEPS_PACE = {"autovacuum_vacuum_scale_factor": "0.02", "autovacuum_analyze_scale_factor": "0.02"}


def identity() -> Column[int]:
    """Return the primary key column that most tables have."""
    return Column("id", BigInteger, Identity(), primary_key=True)


def moment(name: str, *, now: bool = False) -> Column[datetime]:
    """Return a column for a point in time; with `now`, it is never null and defaults to the insert's time."""
    if now:
        return Column(name, DateTime(timezone=True), nullable=False, server_default=func.now())
    return Column(name, DateTime(timezone=True))


def one_of(column: str, values: type[StrEnum]) -> CheckConstraint:
    """Return the constraint that a text column holds one of an enumeration's values."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=column)
