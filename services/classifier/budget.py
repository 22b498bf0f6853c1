"""How often the second stage may be asked in one day (UTC), counted in the database for all replicas together."""

from datetime import UTC

from sqlalchemy import Engine
from sqlalchemy.dialects.postgresql import insert

from shared.clock import Clock
from shared.database import transaction
from shared.tables import llm_budgets


class Budget:
    """A number of requests a day."""

    def __init__(self, engine: Engine, requests_a_day: int, clock: Clock) -> None:
        self._engine = engine
        self._requests_a_day = requests_a_day
        self._clock = clock

    def spend(self) -> bool:
        """Count one request, before it is made, and return whether it is within the day's budget."""
        day = self._clock().astimezone(UTC).date()
        count = llm_budgets.c.requests
        one_more = (
            insert(llm_budgets)
            .values(day=day, requests=1)
            .on_conflict_do_update(
                index_elements=["day"], set_={"requests": count + 1}, where=count < self._requests_a_day
            )
            .returning(count)
        )
        with transaction(self._engine) as connection:
            return connection.execute(one_more).scalar() is not None
